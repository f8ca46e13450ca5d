"""Accuracy and loss of an exported LinearNet on CIFAR-10, with its 16x16 images rounded in different ways.

    pcnlab export RUN --format onnx --output model.onnx
    python3 Benchmarks/evaluate_rounding.py model.onnx FOLDER    # requires numpy and onnx

FOLDER has the data set's binary files (cifar-10-batches-bin). "to even" is pcnlab's rounding; its figures are computed
without pcnlab, from the weights and the official files alone.
"""

import pathlib
import sys

import numpy
import onnx


def layers(path):
    """The dense layers of the model, as pairs of a weight (outputs, inputs) and a bias (outputs)."""
    tensors = {t.name: onnx.numpy_helper.to_array(t) for t in onnx.load(path).graph.initializer}
    return [(tensors[f"linear.{i}.weight"], tensors[f"linear.{i}.bias"]) for i in range(len(tensors) // 2)]


def images(files):
    """Labels (n) and the means of the images' 2x2 blocks (n, 768), channel first, in 0...255, not rounded."""
    rows = numpy.concatenate([numpy.fromfile(file, numpy.uint8).reshape(-1, 3073) for file in files])
    blocks = rows[:, 1:].reshape(-1, 3, 16, 2, 16, 2).astype(numpy.float32)
    return rows[:, 0], blocks.mean((3, 5)).reshape(-1, 768)


def logits(network, inputs):
    for weight, bias in network[:-1]:
        inputs = numpy.maximum(inputs @ weight.T + bias, 0)
    weight, bias = network[-1]
    return inputs @ weight.T + bias


def evaluate(network, labels, inputs, batch=2000):
    """Accuracy in percent, and the mean cross entropy."""
    batches = [logits(network, inputs[i : i + batch]) for i in range(0, len(inputs), batch)]
    output = numpy.concatenate(batches).astype(numpy.float64)
    output -= output.max(1, keepdims=True)
    loss = numpy.log(numpy.exp(output).sum(1)) - output[numpy.arange(len(labels)), labels]
    return 100 * (output.argmax(1) == labels).mean(), loss.mean()


if __name__ == "__main__":
    network, folder = layers(sys.argv[1]), pathlib.Path(sys.argv[2])
    roundings = {
        "to even": numpy.round,
        "half up": lambda values: numpy.floor(values + 0.5),
        "down": numpy.floor,
        "not rounded": lambda values: values,
    }
    for split, pattern in (("train", "data_batch_*.bin"), ("test", "test_batch.bin")):
        labels, means = images(sorted(folder.glob(pattern)))
        for name, rounding in roundings.items():
            accuracy, loss = evaluate(network, labels, rounding(means))
            print(f"{split:6} {name:12} accuracy {accuracy:.2f} %  loss {loss:.4f}")
