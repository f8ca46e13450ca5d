"""Trains ConvNet on CIFAR-10 as the paper does (§4), by PyTorch; pcnlab's own training is held against its losses.

    python3 torch_training.py FOLDER pcn|mlp [--epochs N] [--seed N] [--weights FILE]

FOLDER holds CIFAR-10's binary files. Printed for each epoch, as in pcnlab's rows: loss and accuracy of the training images, each
taken in its batch before that batch's update. Images come in the order in which pcnlab has them with the same seed; weights are
PyTorch's own draws, or those of FILE, which `pcnlab export RUN --format npz` wrote.
"""

import argparse
import math
import pathlib
import time

import numpy
import torch
from torch.nn.functional import cross_entropy, max_pool2d, relu

WIDTHS, BATCH, RATE, D = [1024, 1024, 10], 1024, 1e-4, 16
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


def factor(name, parameter):
    """What the paper's update (§4.5) multiplies this parameter's rate by."""
    if name.startswith("linear.positions"):
        return len(parameter) / math.log2(len(parameter))
    return 1e5 if name.startswith("linear.biases") else 1.0


def permutation(seed, epoch, count):
    """The order of an epoch's images: pcnlab's RandomStream for the purpose "shuffle"."""
    gamma, bits = 0x9E3779B97F4A7C15, 2**64 - 1

    def mix(value):
        z = value + gamma & bits
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & bits
        z = (z ^ z >> 27) * 0x94D049BB133111EB & bits
        return z ^ z >> 31

    key = mix(seed)
    for byte in b"shuffle":
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


def train_epoch(model, images, labels, order):
    """Mean loss and accuracy over the epoch's batches."""
    loss_sum, correct = 0.0, 0
    for batch in torch.tensor(order).split(BATCH):
        logits = model(images[batch].float())
        loss = cross_entropy(logits, labels[batch])
        loss.backward()
        with torch.no_grad():
            for name, parameter in model.named_parameters():
                parameter.sub_(parameter.grad, alpha=RATE * factor(name, parameter))
                parameter.grad = None
        loss_sum += loss.item() * len(batch)
        correct += (logits.argmax(1) == labels[batch]).sum().item()
    return loss_sum / len(order), correct / len(order)


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("folder", type=pathlib.Path)
parser.add_argument("linear", choices=["pcn", "mlp"])
parser.add_argument("--epochs", type=int, default=3)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--weights")
options = parser.parse_args()

torch.manual_seed(options.seed)
model = ConvNet({"pcn": PCN, "mlp": MLP}[options.linear]())
if options.weights:
    arrays = numpy.load(options.weights)
    model.load_state_dict({name: torch.from_numpy(arrays[name]) for name in arrays if name != "__metadata__"})
images, labels = training_images(options.folder)
print("epoch,loss,train_accuracy,seconds")
for epoch in range(1, options.epochs + 1):
    start = time.perf_counter()
    loss, accuracy = train_epoch(model, images, labels, permutation(options.seed, epoch, len(labels)))
    print(f"{epoch},{loss:.6f},{accuracy:.5f},{time.perf_counter() - start:.1f}", flush=True)
