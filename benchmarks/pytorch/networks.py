"""Training steps of whole networks on random pictures in PyTorch: what benchmarks/Networks times in .NET.

    networks.py export retinanet.onnx            writes RetinaNet ResNet18-FPN, 320 x 320, for the .NET side
    networks.py step NAME [--batch N] [--onnx F] prints median and best time of a step, and the peak memory

NAME is retinanet, ssdlite or ultraface (the latter from its ONNX file). BatchNormalization is in inference mode, as in
the .NET step. Start it through threads.sh.
"""
import argparse
import resource
import statistics
import time
import warnings

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


def build(name, file):
    """(network, height, width, loss)"""
    if name == "retinanet":
        return retinanet().eval(), 320, 320, focal_and_smooth_l1
    if name == "ssdlite":
        return ssdlite().eval(), 320, 320, multibox
    return UltraFace(file), 240, 320, multibox


def step_times(name, file, batch, rounds):
    net, height, width, loss = build(name, file)
    for parameter in net.parameters():
        parameter.requires_grad_(True)
    optimizer = (torch.optim.AdamW(net.parameters(), lr=1e-5, weight_decay=1e-4) if name == "ultraface"
                 else torch.optim.SGD(net.parameters(), lr=1e-5, momentum=0.9, weight_decay=1e-4))
    images = torch.rand(batch, 3, height, width) * 2 - 1
    with torch.no_grad():
        anchors = net(images)[0].shape[1]
    labels = torch.where(torch.rand(batch, anchors) < 0.004, 0, -1)
    boxes = torch.rand(batch, anchors, 4) * 2 - 1
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        value = loss(*net(images), labels, boxes)
        optimizer.zero_grad(set_to_none=True)
        value.backward()
        optimizer.step()
        value.item()
        times.append(1e3 * (time.perf_counter() - start))
    return times[2:]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["export", "step"])
    parser.add_argument("name")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--onnx", help="UltraFace without post-processing")
    parser.add_argument("--rounds", type=int, default=12)
    options = parser.parse_args()
    torch.set_num_threads(2)
    torch.manual_seed(1)
    if options.what == "export":
        torch.onnx.export(retinanet().eval(), torch.rand(1, 3, 320, 320), options.name, opset_version=16,
                          input_names=["images"], output_names=["cls_logits", "bbox_regression"],
                          dynamic_axes={"images": {0: "batch"}}, keep_initializers_as_inputs=False)
        return
    times = sorted(step_times(options.name, options.onnx, options.batch, options.rounds))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"median {statistics.median(times):.1f} ms, fifth {times[len(times) // 5]:.1f} ms, best {times[0]:.1f} ms; "
          f"peak memory {peak:.0f} MB")


if __name__ == "__main__":
    main()
