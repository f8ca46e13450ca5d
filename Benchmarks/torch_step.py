"""One training step of LinearNet by PyTorch for each line on stdin, such as "pcn eager" or "mlp compiled"; its seconds on stdout.

The first line out is PyTorch's version. Between lines the process waits, so that another program can be measured in turn.
"""

import math
import sys
import time

import torch
from torch.nn.functional import cross_entropy, relu

WIDTHS, BATCH, D = [768, 1024, 1024, 2048, 10], 1024, 16
LAMBDA, EPSILON = 1.0, 0.1


def weight(a, b):
    """F of the distances between two clouds, as the paper writes it."""
    z = torch.cdist(a, b)
    return LAMBDA / EPSILON / math.sqrt(len(a)) * (EPSILON - (z % (2 * EPSILON) - EPSILON).abs() - EPSILON / 2)


class PCN:
    def __init__(self):
        self.clouds = [(torch.rand(n, D) * 2 - 1).requires_grad_() for n in WIDTHS]
        self.biases = [(torch.rand(n) * 0.2 - 0.1).requires_grad_() for n in WIDTHS[1:]]
        # Parameters with the factors of the paper's update.
        self.parameters = [(cloud, len(cloud) / math.log2(len(cloud))) for cloud in self.clouds]
        self.parameters += [(bias, 1e5) for bias in self.biases]

    def loss(self, x, labels):
        for i, bias in enumerate(self.biases):
            x = x @ weight(self.clouds[i], self.clouds[i + 1]) + bias
            x = relu(x) if i < len(self.biases) - 1 else x
        return cross_entropy(x, labels)


class MLP:
    def __init__(self):
        self.layers = [torch.nn.Linear(n, m) for n, m in zip(WIDTHS, WIDTHS[1:])]
        self.parameters = [(p, 1.0) for layer in self.layers for p in layer.parameters()]

    def loss(self, x, labels):
        for layer in self.layers[:-1]:
            x = relu(layer(x))
        return cross_entropy(self.layers[-1](x), labels)


def step_of(model, compiled):
    x = torch.randint(0, 256, (BATCH, WIDTHS[0])).float()
    labels = torch.arange(BATCH) % WIDTHS[-1]
    loss = torch.compile(model.loss) if compiled else model.loss
    rate = 0.0  # the weights stay what they are, so that every step does the same work

    def step():
        loss(x, labels).backward()
        with torch.no_grad():
            for parameter, factor in model.parameters:
                parameter.sub_(parameter.grad, alpha=rate * factor)
                parameter.grad = None

    return step


torch.manual_seed(1)
torch.set_num_threads(int(sys.argv[1]))
print(torch.__version__, flush=True)
models, steps = {"pcn": PCN, "mlp": MLP}, {}
for line in sys.stdin:
    name, way = line.split()
    if line not in steps:
        steps[line] = step_of(models[name](), way == "compiled")
    steps[line]()  # not counted
    start = time.perf_counter()
    steps[line]()
    print(time.perf_counter() - start, flush=True)
