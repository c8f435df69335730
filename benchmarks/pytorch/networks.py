"""Training steps of whole networks on random pictures in PyTorch: what benchmarks/Networks times in .NET.

    networks.py export NAME FILE [--size HxW] [--onnx F] [--empty]
                                                 writes the network for the .NET side, on request without its weights
    networks.py step NAME [--batch N] [--onnx F] prints median and best time of a step, and the peak memory
    networks.py grow NAME --batch N... --size HxW... --threads N [--onnx F]
                                                 prints a CSV line for each batch size and size of pictures

NAME is retinanet (with ResNet18-FPN), ssdlite or ultraface (the latter from its ONNX file). BatchNormalization is in
inference mode, as in the .NET step. networks_side_by_side.sh and growth.sh set the environment in PyTorch's favour.
"""
import argparse
import itertools
import resource
import statistics
import time
import warnings

import onnx
import torch
import torch.nn.functional as F
from torchvision.models.detection import RetinaNet, ssdlite320_mobilenet_v3_large
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.backbone_utils import resnet_fpn_backbone
from torchvision.ops import sigmoid_focal_loss

from multibox import multibox_loss
from onnx_network import OnnxNetwork

warnings.filterwarnings("ignore")


class Heads(torch.nn.Module):
    """Backbone and head of a torchvision detector, without its transform, anchors and post-processing."""

    def __init__(self, detector):
        super().__init__()
        self.backbone, self.head = detector.backbone, detector.head

    def forward(self, images):
        out = self.head(list(self.backbone(images).values()))
        return out["cls_logits"], out["bbox_regression"]


def retinanet():
    backbone = resnet_fpn_backbone("resnet18", weights=None, trainable_layers=5, returned_layers=[2, 3, 4],
                                   extra_blocks=None)
    sizes = tuple((x, int(x * 2 ** (1 / 3)), int(x * 2 ** (2 / 3))) for x in [32, 64, 128, 256])
    anchors = AnchorGenerator(sizes, ((0.5, 1.0, 2.0),) * len(sizes))
    return Heads(RetinaNet(backbone, num_classes=20, anchor_generator=anchors))


def ssdlite():
    return Heads(ssdlite320_mobilenet_v3_large(weights=None, weights_backbone=None, num_classes=4))


class UltraFace(torch.nn.Module):
    """The ONNX file's nodes, run by PyTorch, up to the values in front of its Softmax and behind its box branches."""

    def __init__(self, file):
        super().__init__()
        self.net = OnnxNetwork(file, ["459", "boxes"])

    def parameters(self, recurse=True):
        return self.net.parameters()

    def forward(self, images):
        return self.net(images)


def focal_and_smooth_l1(logits, deltas, labels, boxes):
    """torchvision's RetinaNet, with smooth L1 for L1: sums over each image's anchors by its positives, then the mean."""
    total = 0
    for x, d, label, box in zip(logits, deltas, labels, boxes):
        positive = label >= 0
        target = torch.zeros_like(x)
        target[positive, label[positive]] = 1
        n = positive.sum().clamp(min=1)
        focal = sigmoid_focal_loss(x, target, reduction="sum")
        total = total + (focal + F.smooth_l1_loss(d[positive], box[positive], reduction="sum")) / n
    return total / len(logits)


def multibox(logits, deltas, labels, boxes):
    return sum(multibox_loss(logits, deltas, labels + 1, boxes))


SIZES = {"retinanet": (320, 320), "ssdlite": (320, 320), "ultraface": (240, 320)}


def build(name, file):
    """(network, loss)"""
    if name == "retinanet":
        return retinanet().eval(), focal_and_smooth_l1
    if name == "ssdlite":
        return ssdlite().eval(), multibox
    return UltraFace(file), multibox


def steps(name, file, batch, size):
    """Milliseconds of one training step after the other, without end."""
    net, loss = build(name, file)
    for parameter in net.parameters():
        parameter.requires_grad_(True)
    optimizer = (torch.optim.AdamW(net.parameters(), lr=1e-5, weight_decay=1e-4) if name == "ultraface"
                 else torch.optim.SGD(net.parameters(), lr=1e-5, momentum=0.9, weight_decay=1e-4))
    images = torch.rand(batch, 3, *size) * 2 - 1
    with torch.no_grad():
        anchors = net(images)[0].shape[1]
    labels = torch.where(torch.rand(batch, anchors) < 0.004, 0, -1)
    boxes = torch.rand(batch, anchors, 4) * 2 - 1
    while True:
        start = time.perf_counter()
        value = loss(*net(images), labels, boxes)
        optimizer.zero_grad(set_to_none=True)
        value.backward()
        optimizer.step()
        value.item()
        yield 1e3 * (time.perf_counter() - start)


def some(run, least, seconds):
    times = []
    while len(times) < least or sum(times) < 1e3 * seconds:
        times.append(next(run))
    return times


def grow(name, file, batches, sizes, threads, seconds):
    for size, batch in itertools.product(sizes, batches):
        run = steps(name, file, batch, size)
        some(run, 2, seconds / 2)
        times = some(run, 3, seconds)
        print(f"{name},pytorch,{threads},{batch},{size[0]},{size[1]},{statistics.median(times):.2f},{min(times):.2f}",
              flush=True)


def resize(source, target, size):
    """UltraFace is convolutions and reshapes to [1, -1, n]: its size stands in the declared shapes alone."""
    model = onnx.load(source)
    del model.graph.value_info[:]
    dims = model.graph.input[0].type.tensor_type.shape.dim
    dims[2].dim_value, dims[3].dim_value = size
    for output in model.graph.output:
        output.type.tensor_type.ClearField("shape")
    onnx.save(model, target)


def empty(file):
    """Zeros for the weights of products: the file can be packed small."""
    model = onnx.load(file)
    for tensor in model.graph.initializer:
        if tensor.data_type == onnx.TensorProto.FLOAT and len(tensor.dims) > 1:
            tensor.raw_data = bytes(len(tensor.raw_data))
    onnx.save(model, file)


def pair(text):
    height, width = text.split("x")
    return int(height), int(width)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["export", "step", "grow"])
    parser.add_argument("name", choices=SIZES)
    parser.add_argument("file", nargs="?", help="what export writes")
    parser.add_argument("--batch", type=int, nargs="+", default=[8])
    parser.add_argument("--size", type=pair, nargs="+", help="height x width; the network's own where not given")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=2, help="of measured steps for a point of grow, three at least")
    parser.add_argument("--onnx", help="UltraFace without post-processing")
    parser.add_argument("--empty", action="store_true", help="export: weights of products are zero")
    parser.add_argument("--rounds", type=int, default=12)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    sizes = options.size or [SIZES[options.name]]
    if options.what == "export" and options.name == "ultraface":
        resize(options.onnx, options.file, sizes[0])
        return
    if options.what == "export":
        torch.onnx.export(build(options.name, None)[0], torch.rand(1, 3, *sizes[0]), options.file, opset_version=16,
                          input_names=["images"], output_names=["cls_logits", "bbox_regression"],
                          dynamic_axes={"images": {0: "batch"}}, keep_initializers_as_inputs=False)
        if options.empty:
            empty(options.file)
        return
    if options.what == "grow":
        grow(options.name, options.onnx, options.batch, sizes, options.threads, options.seconds)
        return
    run = steps(options.name, options.onnx, options.batch[0], sizes[0])
    times = sorted([next(run) for _ in range(options.rounds)][2:])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"median {statistics.median(times):.1f} ms, fifth {times[len(times) // 5]:.1f} ms, best {times[0]:.1f} ms; "
          f"peak memory {peak:.0f} MB")


if __name__ == "__main__":
    main()
