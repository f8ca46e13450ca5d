"""Trains on CIFAR-10 by PyTorch; pcnlab's own training is held against its losses.

    python3 torch_training.py FOLDER pcn|mlp|resnet20 [--epochs N] [--seed N] [--weights FILE] [--images N]
        [--threads N] [--perturb SEED] [--double]

pcn, mlp: ConvNet as the paper trains it (§4). resnet20: standardised inputs, batch 128, SGD with momentum 0.9, rate 0.01
and weight decay 1e-4. FOLDER holds CIFAR-10's binary files; --images takes as many as `train_samples`, the same ones.
--perturb multiplies each weight by 1 + 10⁻⁶·N(0, 1): it shows how far apart rounding alone drives two runs. --double computes in float64.

Printed for each epoch, as in pcnlab's rows: loss and accuracy of the training images, each taken in its batch before that batch's
update. Images come in the order in which pcnlab has them with the same seed; weights are PyTorch's own draws, or those of FILE,
which `pcnlab export RUN --format npz` wrote: initial weights are those of an epoch at a learning rate of 1e-30.
"""

import argparse
import math
import pathlib
import time

import numpy
import torch
from torch.nn.functional import cross_entropy, max_pool2d, relu

WIDTHS, D = [1024, 1024, 10], 16
LAMBDA, EPSILON = 1.0, 0.1


class PCN(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.positions = torch.nn.ParameterList(torch.rand(n, D) * 2 - 1 for n in WIDTHS)
        self.biases = torch.nn.ParameterList(torch.rand(n) * 0.2 - 0.1 for n in WIDTHS[1:])

    def forward(self, x):
        x = relu(x @ self.weight(0) + self.biases[0])
        return x @ self.weight(1) + self.biases[1]

    def weight(self, i):
        """F of the distances between two clouds, each distance from its differences."""
        a, b = self.positions[i], self.positions[i + 1]
        z = torch.cdist(a, b, compute_mode="donot_use_mm_for_euclid_dist")
        return LAMBDA / EPSILON / math.sqrt(len(a)) * (EPSILON - (z % (2 * EPSILON) - EPSILON).abs() - EPSILON / 2)


class MLP(torch.nn.ModuleList):
    def __init__(self):
        super().__init__(torch.nn.Linear(n, m) for n, m in zip(WIDTHS, WIDTHS[1:]))

    def forward(self, x):
        return self[1](relu(self[0](x)))


class ConvNet(torch.nn.Module):
    def __init__(self, linear):
        super().__init__()
        shapes = [(3, 32, 7, 3), (32, 128, 3, 1), (128, 512, 3, 1), (512, 1024, 3, 1)]
        self.features = torch.nn.ModuleList(torch.nn.Conv2d(n, m, kernel, 2, padding) for n, m, kernel, padding in shapes)
        self.linear = linear

    def forward(self, x):
        for convolution in self.features:
            x = relu(convolution(x))
        return self.linear(max_pool2d(x, 2).flatten(1))


class Block(torch.nn.Module):
    def __init__(self, n, m):
        super().__init__()
        stride = 1 if n == m else 2
        self.conv1, self.bn1 = torch.nn.Conv2d(n, m, 3, stride, 1, bias=False), torch.nn.BatchNorm2d(m)
        self.conv2, self.bn2 = torch.nn.Conv2d(m, m, 3, 1, 1, bias=False), torch.nn.BatchNorm2d(m)
        if n != m:
            self.downsample = torch.nn.Sequential(torch.nn.Conv2d(n, m, 1, stride, bias=False), torch.nn.BatchNorm2d(m))

    def forward(self, x):
        y = self.bn2(self.conv2(relu(self.bn1(self.conv1(x)))))
        return relu(y + (self.downsample(x) if hasattr(self, "downsample") else x))


class ResNet20(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.features = torch.nn.ModuleDict({"0": torch.nn.Conv2d(3, 16, 3, 1, 1, bias=False), "norm": torch.nn.BatchNorm2d(16)})
        widths = [16] * 4 + [32] * 3 + [64] * 3
        self.features["blocks"] = torch.nn.Sequential(*(Block(n, m) for n, m in zip(widths, widths[1:])))
        self.linear = torch.nn.ModuleList([torch.nn.Linear(64, 10)])

    def forward(self, x):
        x = self.features["blocks"](relu(self.features["norm"](self.features["0"](x))))
        return self.linear[0](x.mean((2, 3)))


def factor(name, parameter):
    """What the paper's update (§4.5) multiplies this parameter's rate by."""
    if name.startswith("linear.positions"):
        return len(parameter) / math.log2(len(parameter))
    return 1e5 if name.startswith("linear.biases") else 1.0


def permutation(seed, epoch, count, purpose=b"shuffle"):
    """The order of an epoch's images: pcnlab's RandomStream for this purpose."""
    gamma, bits = 0x9E3779B97F4A7C15, 2**64 - 1

    def mix(value):
        z = value + gamma & bits
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & bits
        z = (z ^ z >> 27) * 0x94D049BB133111EB & bits
        return z ^ z >> 31

    key = mix(seed)
    for byte in purpose:
        key = mix(key ^ byte)
    key = mix(key ^ epoch)
    order = list(range(count))
    for last in range(count - 1, 0, -1):
        other = mix(key + last * gamma & bits) * (last + 1) >> 64
        order[last], order[other] = order[other], order[last]
    return order


def training_images(folder):
    """Raw pixels (50000, 3, 32, 32) and labels (50000)."""
    files = [folder / f"data_batch_{number}.bin" for number in range(1, 6)]
    records = torch.from_numpy(numpy.concatenate([numpy.fromfile(file, numpy.uint8) for file in files])).view(-1, 3073)
    return records[:, 1:].view(-1, 3, 32, 32), records[:, 0].long()


class PaperUpdate:
    """The paper's update (§4.5)."""

    def __init__(self, model, rate):
        self.model, self.rate = model, rate

    @torch.no_grad()
    def step(self):
        for name, parameter in self.model.named_parameters():
            parameter.sub_(parameter.grad, alpha=self.rate * factor(name, parameter))

    def zero_grad(self):
        self.model.zero_grad()


def train_epoch(model, optimizer, images, labels, order, batch_size):
    """Mean loss and accuracy over the epoch's batches."""
    kind = next(model.parameters()).dtype
    loss_sum, correct = 0.0, 0
    for batch in torch.tensor(order).split(batch_size):
        logits = model(images[batch].to(kind))
        loss = cross_entropy(logits, labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        loss_sum += loss.item() * len(batch)
        correct += (logits.argmax(1) == labels[batch]).sum().item()
    return loss_sum / len(order), correct / len(order)


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("folder", type=pathlib.Path)
parser.add_argument("model", choices=["pcn", "mlp", "resnet20"])
parser.add_argument("--epochs", type=int, default=3)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--weights")
parser.add_argument("--images", type=int)
parser.add_argument("--threads", type=int)
parser.add_argument("--perturb", type=int)
parser.add_argument("--double", action="store_true")
options = parser.parse_args()

torch.manual_seed(options.seed)
if options.threads:
    torch.set_num_threads(options.threads)
images, labels = training_images(options.folder)
if options.images:
    chosen = sorted(permutation(0, 0, len(labels), b"subset/cifar10/train")[: options.images])
    images, labels = images[chosen], labels[chosen]
if options.model == "resnet20":
    model, batch_size = ResNet20(), 128
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, weight_decay=1e-4)
    values = images.double()
    deviation, mean = torch.std_mean(values, dim=(0, 2, 3), keepdim=True, correction=0)
    images = ((values - mean) / deviation).float()
else:
    model, batch_size = ConvNet({"pcn": PCN, "mlp": MLP}[options.model]()), 1024
    optimizer = PaperUpdate(model, 1e-4)
if options.weights:
    arrays = numpy.load(options.weights)
    weights = {name: torch.from_numpy(arrays[name]) for name in arrays if name != "__metadata__"}
    # In pcnlab the first batch norm belongs to its convolution.
    weights = {name.replace("features.0.norm.", "features.norm."): value for name, value in weights.items()}
    missing = model.load_state_dict(weights, strict=False).missing_keys
    assert all(name.endswith("num_batches_tracked") for name in missing), missing
if options.double:
    model.double()
if options.perturb is not None:
    torch.manual_seed(options.perturb)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(1 + 1e-6 * torch.randn_like(parameter))
print("epoch,loss,train_accuracy,seconds")
for epoch in range(1, options.epochs + 1):
    start = time.perf_counter()
    loss, accuracy = train_epoch(
        model, optimizer, images, labels, permutation(options.seed, epoch, len(labels)), batch_size)
    print(f"{epoch},{loss:.6f},{accuracy:.5f},{time.perf_counter() - start:.1f}", flush=True)
