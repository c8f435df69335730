"""Heads of deltas: EfficientDet with its anchors beside it, and torchvision's RetinaNet with its own tail."""
from collections import OrderedDict

import torch
import torchvision.ops.boxes
from torch import nn
from torchvision.models.detection import retinanet
from torchvision.models.detection.anchor_utils import AnchorGenerator

from small_backbone import CLASSES, Backbone, grid

STRIDES = (8, 16, 32)


class EfficientDet(nn.Module):
    """Deltas and anchors with heights first; the anchors are an output."""

    def __init__(self, side=64):
        super().__init__()
        self.body = Backbone()
        self.classes, self.deltas = nn.Conv2d(8, 3 * CLASSES, 3, 1, 1), nn.Conv2d(8, 12, 3, 1, 1)
        boxes = []
        for stride in STRIDES:
            centre = (grid(side // stride, side // stride, 0.5) * stride).view(-1, 1, 2)
            half = torch.tensor([(1.0, 1.0), (1.4, 0.7), (0.7, 1.4)]) * 1.5 * stride
            boxes.append(torch.cat(((centre - half).flip(-1), (centre + half).flip(-1)), -1).view(-1, 4))
        self.register_buffer("anchors", torch.cat(boxes)[None])

    def forward(self, x):
        maps = self.body(x)
        deltas, classes = ([head(m).permute(0, 2, 3, 1).reshape(1, -1, columns) for m in maps]
                           for head, columns in ((self.deltas, 4), (self.classes, CLASSES)))
        return torch.cat(deltas, 1), torch.cat(classes, 1).sigmoid(), self.anchors * 1.0


class Levels(nn.Module):
    out_channels = 8

    def __init__(self):
        super().__init__()
        self.body = Backbone(activation=nn.ReLU)

    def forward(self, x):
        return OrderedDict((str(i), m) for i, m in enumerate(self.body(x)))


def operators_are_there() -> None:
    """Debian's torchvision asks CUDA for its version here, which the exporter cannot write."""


class RetinaNet(nn.Module):
    """torchvision's own: the best candidates of each level are chosen before they are decoded."""

    def __init__(self, side=64):
        super().__init__()
        torchvision.ops.boxes._assert_has_ops = operators_are_there
        sizes = AnchorGenerator(((16, 22), (32, 45), (48, 64)), ((0.5, 1.0, 2.0),) * 3)
        self.net = retinanet.RetinaNet(Levels(), CLASSES, min_size=side, max_size=side, anchor_generator=sizes)

    def forward(self, x):
        found, = self.net([x[0]])
        return found["boxes"], found["scores"], found["labels"]


FILES = [
    ("efficientdet", EfficientDet, ["regression", "classification", "anchors"], {"fold": False}),
    ("retinanet_torchvision", RetinaNet, ["boxes", "scores", "labels"], {"opset": 11}),
]
