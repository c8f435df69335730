"""Small two-stage detectors with random weights, and what first training steps make of them.

Writes into tests/References/two_stage, for the pictures of heads.py: the exported file, the loss terms and the gradient of
each parameter in float64 (stored as float32), and the loss of five steps of gradient descent
at a rate that falls by half a cosine wave, by torchvision with all
anchors and regions in the loss. Needs torch 1.13, torchvision 0.14 and Pillow.
"""
import collections
import functools
import json
import math
import pathlib

import numpy
import torch
from torch import nn
from torchvision.models import detection
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.faster_rcnn import FasterRCNN, FastRCNNPredictor, TwoMLPHead
from torchvision.ops import MultiScaleRoIAlign, poolers

from heads import CLASSES, SIZE, Backbone, pictures, scramble

OUT = pathlib.Path(__file__).resolve().parent.parent / "References" / "two_stage"
RATE, STEPS = 0.02, 5


class Pyramid(Backbone):
    """The maps by the names that the region pooling asks for."""

    def forward(self, x):
        return collections.OrderedDict((str(i), m) for i, m in enumerate(super().forward(x)))


class SmoothHead(TwoMLPHead):
    def forward(self, x):
        return nn.functional.silu(self.fc7(nn.functional.silu(self.fc6(x.flatten(start_dim=1)))))


def smooth(module):
    """Activations without kinks, so that gradients compare well."""
    for name, child in module.named_children():
        if isinstance(child, nn.ReLU):
            setattr(module, name, nn.SiLU())
        smooth(child)


def settings(**more):
    return dict(min_size=SIZE, max_size=SIZE, image_mean=[0.5] * 3, image_std=[0.25] * 3, rpn_batch_size_per_image=4000,
                box_batch_size_per_image=4000, box_score_thresh=0.2, box_detections_per_img=20, rpn_pre_nms_top_n_test=100,
                rpn_post_nms_top_n_test=40, **more)


def pyramid_net():
    pool = MultiScaleRoIAlign(["0", "1", "2"], 3, 2, canonical_scale=24, canonical_level=4)
    sizes = AnchorGenerator(((8,), (20,), (40,)), ((0.5, 1.0, 2.0),) * 3)
    return FasterRCNN(Pyramid(), rpn_anchor_generator=sizes, box_roi_pool=pool, box_head=SmoothHead(16 * 9, 24),
                      box_predictor=FastRCNNPredictor(24, len(CLASSES) + 1), **settings())


class OneMap(Backbone):
    def __init__(self):
        super().__init__(levels=1)

    def forward(self, x):
        return super().forward(x)[0]


class ConvHead(nn.Module):
    """Convolutions on the features of a region, and their mean, as in networks of one map."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(16, 20, 3, 2, 1)

    def forward(self, x):
        return nn.functional.silu(self.conv(x)).mean((2, 3))


class AlignedPool(MultiScaleRoIAlign):
    """Regions shifted by half a pixel, as detectors of other houses have them. It is also what torchvision 0.14 writes at
    opset 16 for regions that are not shifted."""

    def forward(self, x, boxes, image_shapes):
        plain = poolers.roi_align
        poolers.roi_align = functools.partial(plain, aligned=True)
        try:
            return super().forward(x, boxes, image_shapes)
        finally:
            poolers.roi_align = plain


def one_map_net():
    sizes = AnchorGenerator(((8, 20, 40),), ((0.5, 1.0, 2.0),))
    pool = AlignedPool(["0"], 4, 0)
    return FasterRCNN(OneMap(), rpn_anchor_generator=sizes, box_roi_pool=pool, box_head=ConvHead(),
                      box_predictor=FastRCNNPredictor(20, len(CLASSES) + 1), **settings())


def batch(images):
    return [torch.from_numpy(i.astype(numpy.float64).transpose(2, 0, 1) / 255) for i in images]


def targets(truths):
    return [{"boxes": torch.tensor(b, dtype=torch.float64).reshape(-1, 4), "labels": torch.tensor(l, dtype=torch.int64) + 1}
            for b, l in truths]


NAMES = {"loss_objectness": "objectness", "loss_rpn_box_reg": "proposal box", "loss_classifier": "classification",
         "loss_box_reg": "box"}


def write(name, net, images, truths, opset, dynamic=False):
    smooth(net)
    scramble(net, 11)
    net = net.double().train()
    parameters = dict(net.named_parameters())
    history, first = [], None
    for step in range(STEPS):
        terms = net(batch(images), targets(truths))
        terms = {NAMES[key]: value for key, value in terms.items()}
        gradients = torch.autograd.grad(sum(terms.values()), list(parameters.values()))
        history.append({key: float(value) for key, value in terms.items()})
        if step == 0:
            first = gradients
            net.float().eval()
            export(name, net, images, opset, dynamic)
            net.double().train()
        with torch.no_grad():
            for p, g in zip(parameters.values(), gradients):
                p -= RATE * (1 + math.cos(math.pi * step / STEPS)) / 2 * g
    expected = {"rate": RATE, "history": history, "parameters": [[key, value.numel()] for key, value in parameters.items()]}
    (OUT / f"{name}.json").write_text(json.dumps(expected, indent=1))
    flatten(first).tofile(OUT / f"{name}.gradients.bin")
    flatten(parameters.values()).tofile(OUT / f"{name}.after.bin")
    print(name, history[0], history[-1], (OUT / f"{name}.onnx").stat().st_size)


def flatten(tensors):
    return numpy.concatenate([t.detach().numpy().ravel() for t in tensors]).astype("<f4")


def export(name, net, images, opset, dynamic):
    axes = {"image": {1: "height", 2: "width"}} if dynamic else None
    torch.onnx.export(net, ([batch(images)[0].float()],), str(OUT / f"{name}.onnx"), opset_version=opset,
                      input_names=["image"], output_names=["boxes", "labels", "scores"], dynamic_axes=axes)


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    images, truths = pictures()
    write("pyramid", pyramid_net(), images, truths, 11)
    write("one_map", one_map_net(), images, truths, 16, dynamic=True)
