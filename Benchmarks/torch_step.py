"""One training step by PyTorch for each line on stdin, such as "alexnet pcn 64 eager"; its seconds on stdout.

A line is an architecture, a linear part, a batch and a way: eager, compiled or channels_last. The line "peak" asks for the most memory
so far, in bytes. The first line out is PyTorch's version. Between lines the process waits, so that another program can be measured in turn.
"""

import math
import resource
import sys
import time

import torch
from torch.nn import AdaptiveAvgPool2d, AdaptiveMaxPool2d, BatchNorm2d, Conv2d, Flatten, MaxPool2d, Module, ReLU, Sequential
from torch.nn.functional import cross_entropy, dropout, relu

D, LAMBDA, EPSILON = 16, 1.0, 0.1


def convolution(*arguments):
    return Conv2d(*arguments), ReLU(inplace=True)


class LinearNet:
    image, widths, dropout = (768,), [768, 1024, 1024, 2048, 10], 0.0

    def features():
        return Sequential()


class ConvNet:
    image, widths, dropout = (3, 32, 32), [1024, 1024, 10], 0.0

    def features():
        return Sequential(
            *convolution(3, 32, 7, 2, 3), *convolution(32, 128, 3, 2, 1), *convolution(128, 512, 3, 2, 1),
            *convolution(512, 1024, 3, 2, 1), AdaptiveMaxPool2d(1), Flatten())


class AlexNet:
    image, widths, dropout = (3, 227, 227), [9216, 4096, 4096, 10], 0.5

    def features():
        return Sequential(
            *convolution(3, 64, 11, 4, 2), MaxPool2d(3, 2), *convolution(64, 192, 5, 1, 2), MaxPool2d(3, 2),
            *convolution(192, 384, 3, 1, 1), *convolution(384, 256, 3, 1, 1), *convolution(256, 256, 3, 1, 1),
            MaxPool2d(3, 2), AdaptiveAvgPool2d(6), Flatten())


class Conv4:
    image, widths, dropout = (3, 32, 32), [8192, 256, 256, 10], 0.0

    def features():
        return Sequential(
            *convolution(3, 64, 3, 1, 1), *convolution(64, 64, 3, 1, 1), MaxPool2d(2), *convolution(64, 128, 3, 1, 1),
            *convolution(128, 128, 3, 1, 1), MaxPool2d(2), Flatten())


def normalised(n, m, kernel=3, stride=1):
    return Conv2d(n, m, kernel, stride, kernel // 2, bias=False), BatchNorm2d(m)


class VGG16:
    image, widths, dropout = (3, 32, 32), [512, 10], 0.0

    def features():
        layers, channels = [], 3
        for index, group in enumerate([[64] * 2, [128] * 2, [256] * 3, [512] * 3, [512] * 3]):
            layers += [MaxPool2d(2)] if index else []
            for width in group:
                layers += [*normalised(channels, width), ReLU(inplace=True)]
                channels = width
        return Sequential(*layers, AdaptiveAvgPool2d(1), Flatten())


class Block(Module):
    def __init__(self, n, m, stride):
        super().__init__()
        self.main = Sequential(*normalised(n, m, 3, stride), ReLU(inplace=True), *normalised(m, m))
        self.shortcut = Sequential(*normalised(n, m, 1, stride)) if n != m else Sequential()

    def forward(self, x):
        return relu(self.main(x) + self.shortcut(x))


class ResNet20:
    image, widths, dropout = (3, 32, 32), [64, 10], 0.0

    def features():
        blocks = [Block(n, m, 2 if n != m else 1) for n, m in zip([16, 16, 16, 16, 32, 32, 32, 64, 64], [16] * 3 + [32] * 3 + [64] * 3)]
        return Sequential(*normalised(3, 16), ReLU(inplace=True), *blocks, AdaptiveAvgPool2d(1), Flatten())


def weight(a, b):
    """F of the distances between two clouds, as the paper writes it."""
    z = torch.cdist(a, b)
    return LAMBDA / EPSILON / math.sqrt(len(a)) * (EPSILON - (z % (2 * EPSILON) - EPSILON).abs() - EPSILON / 2)


class PCN:
    def __init__(self, widths):
        self.clouds = [(torch.rand(n, D) * 2 - 1).requires_grad_() for n in widths]
        self.biases = [(torch.rand(n) * 0.2 - 0.1).requires_grad_() for n in widths[1:]]
        # Parameters with the factors of the paper's update.
        self.parameters = [(cloud, len(cloud) / math.log2(len(cloud))) for cloud in self.clouds]
        self.parameters += [(bias, 1e5) for bias in self.biases]

    def layer(self, i, x):
        return x @ weight(self.clouds[i], self.clouds[i + 1]) + self.biases[i]


class MLP:
    def __init__(self, widths):
        self.layers = [torch.nn.Linear(n, m) for n, m in zip(widths, widths[1:])]
        self.parameters = [(p, 1.0) for layer in self.layers for p in layer.parameters()]

    def layer(self, i, x):
        return self.layers[i](x)


def step_of(architecture, linear, batch, way):
    x = torch.randint(0, 256, (batch, *architecture.image)).float()
    labels = torch.arange(batch) % architecture.widths[-1]
    features, part = architecture.features(), linear(architecture.widths)
    parameters = [(p, 1.0) for p in features.parameters()] + part.parameters
    if way == "channels_last":
        x, features = (value.to(memory_format=torch.channels_last) for value in (x, features))
    rate = 0.0  # the weights stay what they are, so that every step does the same work

    def loss(x, labels):
        x, last = features(x), len(architecture.widths) - 2
        for i in range(last):
            x = dropout(x, architecture.dropout) if architecture.dropout > 0 else x
            x = relu(part.layer(i, x))
        return cross_entropy(part.layer(last, x), labels)

    loss = torch.compile(loss) if way == "compiled" else loss

    def step():
        loss(x, labels).backward()
        with torch.no_grad():
            for parameter, factor in parameters:
                parameter.sub_(parameter.grad, alpha=rate * factor)
                parameter.grad = None

    return step


torch.manual_seed(1)
torch.set_num_threads(int(sys.argv[1]))
print(torch.__version__, flush=True)
architectures = {
    "linearnet": LinearNet, "convnet": ConvNet, "alexnet": AlexNet, "conv4": Conv4, "vgg16": VGG16, "resnet20": ResNet20,
}
linears, steps = {"pcn": PCN, "mlp": MLP}, {}
for line in sys.stdin:
    if line == "peak\n":
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, flush=True)
        continue
    if line not in steps:
        name, linear, batch, way = line.split()
        steps[line] = step_of(architectures[name], linears[linear], int(batch), way)
    steps[line]()  # not counted
    start = time.perf_counter()
    steps[line]()
    print(time.perf_counter() - start, flush=True)
