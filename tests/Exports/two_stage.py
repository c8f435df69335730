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
from torchvision.models.detection.keypoint_rcnn import KeypointRCNNHeads, KeypointRCNNPredictor
from torchvision.models.detection.mask_rcnn import MaskRCNNHeads, MaskRCNNPredictor
from torchvision.ops import MultiScaleRoIAlign, batched_nms, poolers

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


def settings(size=SIZE, **more):
    return dict(min_size=size, max_size=size, image_mean=[0.5] * 3, image_std=[0.25] * 3, rpn_batch_size_per_image=4000,
                box_batch_size_per_image=4000, box_score_thresh=0.2, box_detections_per_img=20, rpn_pre_nms_top_n_test=100,
                rpn_post_nms_top_n_test=40, **more)


def pyramid_net(size=SIZE):
    pool = MultiScaleRoIAlign(["0", "1", "2"], 3, 2, canonical_scale=24, canonical_level=4)
    sizes = AnchorGenerator(((8,), (20,), (40,)), ((0.5, 1.0, 2.0),) * 3)
    return FasterRCNN(Pyramid(), rpn_anchor_generator=sizes, box_roi_pool=pool, box_head=SmoothHead(16 * 9, 24),
                      box_predictor=FastRCNNPredictor(24, len(CLASSES) + 1), **settings(size))


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


def with_branch(kind, **more):
    """A net with a third branch: masks or keypoints of the boxes that were found."""
    pool = MultiScaleRoIAlign(["0", "1", "2"], 3, 2, canonical_scale=24, canonical_level=4)
    sizes = AnchorGenerator(((8,), (20,), (40,)), ((0.5, 1.0, 2.0),) * 3)
    return kind(Pyramid(), rpn_anchor_generator=sizes, box_roi_pool=pool, box_head=SmoothHead(16 * 9, 24),
                box_predictor=FastRCNNPredictor(24, len(CLASSES) + 1), **settings(), **more)


def mask_net():
    return with_branch(detection.MaskRCNN, mask_roi_pool=MultiScaleRoIAlign(["0", "1", "2"], 4, 2),
                       mask_head=MaskRCNNHeads(16, (8,), 1), mask_predictor=MaskRCNNPredictor(8, 8, len(CLASSES) + 1))


def keypoint_net():
    return with_branch(detection.KeypointRCNN, keypoint_roi_pool=MultiScaleRoIAlign(["0", "1", "2"], 4, 2),
                       keypoint_head=KeypointRCNNHeads(16, (8,)), keypoint_predictor=KeypointRCNNPredictor(8, 3))


class BackgroundLast(nn.Module):
    """Another layout of the same stages: levels are decoded and cut one by one, background is the last class and has no
    deltas, features are written into one tensor level by level, labels count from 0."""

    def __init__(self):
        super().__init__()
        self.backbone = Backbone(levels=2)
        self.conv, self.objectness, self.deltas = nn.Conv2d(16, 16, 3, 1, 1), nn.Conv2d(16, 3, 1), nn.Conv2d(16, 12, 1)
        self.fc = nn.Linear(16 * 9, 24)
        self.classes, self.boxes = nn.Linear(24, len(CLASSES) + 1), nn.Linear(24, 4 * len(CLASSES))

    def anchors(self, x, stride, size):
        steps = torch.arange(x.shape[-1]).float() * stride
        y, x = torch.meshgrid(steps, steps, indexing="ij")
        centres = torch.stack([x, y, x, y], -1).reshape(-1, 1, 4)
        sides = torch.tensor([[-w, -h, w, h] for w, h in ((0.7, 1.4), (1.0, 1.0), (1.4, 0.7))]) * (size / 2)
        return (centres + sides).reshape(-1, 4).float()

    def decode(self, deltas, boxes, weights):
        size, centre = boxes[:, 2:] - boxes[:, :2], (boxes[:, 2:] + boxes[:, :2]) / 2
        deltas = deltas.reshape(boxes.shape[0], -1, 4) / torch.tensor(weights)
        centre = deltas[..., :2] * size[:, None] + centre[:, None]
        half = torch.exp(deltas[..., 2:].clamp(max=math.log(1000 / 16))) * size[:, None] / 2
        return torch.cat([centre - half, centre + half], -1)

    def propose(self, maps):
        boxes, scores, levels = [], [], []
        for i, (x, stride, size) in enumerate(zip(maps, (8, 16), (12.0, 30.0))):
            hidden = nn.functional.silu(self.conv(x))
            score = self.objectness(hidden).permute(0, 2, 3, 1).flatten(1)
            deltas = self.deltas(hidden)
            deltas = deltas.view(1, 3, 4, *deltas.shape[-2:]).permute(0, 3, 4, 1, 2).flatten(1, -2)
            box = self.decode(deltas[0], self.anchors(x, stride, size), (1.0, 1.0, 1.0, 1.0))[:, 0]
            best, order = score[0].topk(40 if i == 0 else 30)
            boxes.append(box[order])
            scores.append(best)
            levels.append(torch.full_like(order, i))
        boxes, scores, levels = torch.cat(boxes).clamp(0, SIZE), torch.cat(scores), torch.cat(levels)
        big = ((boxes[:, 2:] - boxes[:, :2]) > 0).all(1)
        boxes, scores, levels = boxes[big], scores[big], levels[big]
        return boxes[batched_nms(boxes, scores, levels, 0.7)[:32]]

    def pool(self, maps, regions):
        area = (regions[:, 2:] - regions[:, :2]).prod(1)
        level = torch.floor(4 + torch.log2(torch.sqrt(area) / 40 + 1e-8)).clamp(3, 4).to(torch.int64) - 3
        rows = torch.cat([torch.zeros_like(regions[:, :1]), regions], 1)
        out = torch.zeros(regions.shape[0], 16, 3, 3)
        for i, (x, scale) in enumerate(zip(maps, (1 / 8, 1 / 16))):
            own = torch.nonzero(level == i).squeeze(1)
            out = out.index_put((own,), poolers.roi_align(x, rows[own], (3, 3), scale, 0, True))
        return out

    def forward(self, image):
        maps = self.backbone((image[None] - 0.5) / 0.25)
        regions = self.propose(maps)
        hidden = nn.functional.silu(self.fc(self.pool(maps, regions).flatten(1)))
        scores = self.classes(hidden).softmax(-1)[:, :-1]
        boxes = self.decode(self.boxes(hidden), regions, (10.0, 10.0, 5.0, 5.0)).clamp(0, SIZE)
        row, label = torch.nonzero(scores > 0.2, as_tuple=True)
        boxes, scores = boxes[row, label], scores[row, label]
        keep = batched_nms(boxes, scores, label, 0.5)[:20]
        return boxes[keep], label[keep], scores[keep]


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


def export(name, net, images, opset, dynamic=False, more=[], bare=False):
    picture = batch(images)[0].float()
    axes = {"image": {1: "height", 2: "width"}} if dynamic else None
    torch.onnx.export(net, (picture if bare else [picture],), str(OUT / f"{name}.onnx"), opset_version=opset,
                      input_names=["image"], output_names=["boxes", "labels", "scores"] + more, dynamic_axes=axes)


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    images, truths = pictures()
    write("pyramid", pyramid_net(), images, truths, 11)
    write("scaled", pyramid_net(40), images, truths, 11)
    write("one_map", one_map_net(), images, truths, 16, dynamic=True)
    for name, net, more in (("masks", mask_net(), ["masks"]), ("keypoints", keypoint_net(), ["keypoints", "keypoint_scores"]),
                            ("background_last", BackgroundLast(), [])):
        scramble(net, 11)
        export(name, net.eval(), images, 13 if more else 16, more=more, bare=not more)
        print(name, (OUT / f"{name}.onnx").stat().st_size)
