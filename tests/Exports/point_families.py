"""Heads of points: a box for each cell, by distances, distributions or sizes."""
import torch
from torch import nn
from torch.nn import functional as F

from small_backbone import CLASSES, Backbone, points

STRIDES = (8, 16, 32)


def branches(columns):
    return nn.ModuleList(nn.Conv2d(8, columns, 1) for _ in STRIDES)


def rows(heads, maps):
    """[1, columns, N]"""
    return torch.cat([head(m).flatten(2) for head, m in zip(heads, maps)], 2)


class Ultralytics(nn.Module):
    """YOLOv8 and after; bins 1: YOLO26's distances; best: the best rows alone, as YOLOv10; keypoints: pose."""

    def __init__(self, bins=16, best=False, keypoints=0):
        super().__init__()
        self.bins, self.best, self.keypoints, self.body = bins, best, keypoints, Backbone()
        self.boxes, self.classes, self.pose = branches(4 * bins), branches(CLASSES), branches(3 * keypoints)
        self.mean = nn.Conv2d(bins, 1, 1, bias=False).requires_grad_(False)
        self.mean.weight.data[:] = torch.arange(bins).float().view(1, bins, 1, 1)
        with torch.no_grad():
            for head in self.boxes:
                head.bias.add_(1.5 if bins == 1 else 0)

    def forward(self, x):
        maps = self.body(x)
        at, strides = points(maps, STRIDES)
        at, strides = at.t()[None], strides.t()
        sides = rows(self.boxes, maps)
        if self.bins > 1:
            sides = self.mean(sides.view(1, 4, self.bins, -1).transpose(2, 1).softmax(1)).view(1, 4, -1)
        low, high = at - sides[:, :2], at + sides[:, 2:]
        boxes = torch.cat((low, high) if self.best else ((low + high) / 2, high - low), 1) * strides
        scores = rows(self.classes, maps).sigmoid()
        if self.best:
            return self.chosen(boxes.permute(0, 2, 1), scores.permute(0, 2, 1))
        if not self.keypoints:
            return torch.cat((boxes, scores), 1)
        pose = rows(self.pose, maps).view(1, self.keypoints, 3, -1)
        pose = torch.cat(((pose[:, :, :2] * 2 + at - 0.5) * strides, pose[:, :, 2:].sigmoid()), 2)
        return torch.cat((boxes, scores, pose.view(1, 3 * self.keypoints, -1)), 1)

    @staticmethod
    def chosen(boxes, scores, count=20):
        index = scores.amax(-1).topk(count)[1].unsqueeze(-1)
        boxes, scores = boxes.gather(1, index.repeat(1, 1, 4)), scores.gather(1, index.repeat(1, 1, CLASSES))
        scores, index = scores.flatten(1).topk(count)
        boxes = boxes.gather(1, (index // CLASSES).unsqueeze(-1).repeat(1, 1, 4))
        return torch.cat((boxes, scores[..., None], (index % CLASSES)[..., None].float()), -1)


class YoloV6(nn.Module):
    """Distances in strides, and ones where other versions have an objectness."""

    def __init__(self):
        super().__init__()
        self.body, self.boxes, self.classes = Backbone(activation=nn.ReLU), branches(4), branches(CLASSES)
        with torch.no_grad():
            for head in self.boxes:
                head.bias.add_(1.5)

    def forward(self, x):
        maps = self.body(x)
        at, strides = points(maps, STRIDES)
        sides = rows(self.boxes, maps).permute(0, 2, 1)
        low, high = at - sides[..., :2], at + sides[..., 2:]
        boxes = torch.cat(((low + high) / 2, high - low), -1) * strides
        return torch.cat((boxes, torch.ones(1, boxes.shape[1], 1), rows(self.classes, maps).sigmoid().permute(0, 2, 1)), -1)


class DamoYolo(nn.Module):
    """Scores and corners; 17 bins, points in the corners of cells, a scale for each level."""

    def __init__(self):
        super().__init__()
        self.body, self.boxes, self.classes = Backbone(), branches(68), branches(CLASSES)
        self.scales = nn.ParameterList(nn.Parameter(torch.tensor(1 + i / 10)) for i in range(3))
        self.register_buffer("distances", torch.arange(17).float())

    def forward(self, x):
        maps = self.body(x)
        sides = [(head(m) * s).view(1, 4, 17, -1).permute(0, 3, 1, 2) for head, m, s in zip(self.boxes, maps, self.scales)]
        sides = [F.linear(F.softmax(side, -1), self.distances[None]).squeeze(-1) for side in sides]
        at, strides = points(maps, STRIDES, 0)
        at, sides = at * strides, torch.cat(sides, 1) * strides
        boxes = torch.stack((at[:, 0] - sides[..., 0], at[:, 1] - sides[..., 1], at[:, 0] + sides[..., 2],
                             at[:, 1] + sides[..., 3]), -1)
        return rows(self.classes, maps).sigmoid().permute(0, 2, 1), boxes


class PpYoloE(nn.Module):
    """PaddleDetection: coarse levels first, classes before places, and a second input with the scale of the picture."""

    def __init__(self):
        super().__init__()
        self.body, self.boxes, self.classes = Backbone(), branches(68), branches(CLASSES)
        self.mean = nn.Conv2d(17, 1, 1, bias=False).requires_grad_(False)
        self.mean.weight.data[:] = torch.arange(17).float().view(1, 17, 1, 1)

    def forward(self, x, scale):
        maps = self.body(x)[::-1]
        at, strides = points(maps, STRIDES[::-1])
        sides = [self.mean(F.softmax(head(m).reshape(-1, 4, 17, m.shape[2] * m.shape[3]).transpose(1, 2), 1))
                 .reshape(-1, 4, m.shape[2] * m.shape[3]) for head, m in zip(list(self.boxes)[::-1], maps)]
        sides = torch.cat(sides, 2).transpose(1, 2)
        boxes = torch.cat((at - sides[..., :2], at + sides[..., 2:]), -1) * strides
        scores = torch.cat([head(m).sigmoid().flatten(2) for head, m in zip(list(self.classes)[::-1], maps)], 2)
        return boxes / torch.cat((scale, scale), 1)[:, [1, 0, 1, 0]].reshape(-1, 1, 4), scores


class CenterNet(nn.Module):
    """Heat maps, sizes and shifts of the centre on stride 4."""

    def __init__(self):
        super().__init__()
        self.body = Backbone(levels=1, first=4)
        self.heat, self.sizes, self.shifts = (nn.Conv2d(8, count, 1) for count in (CLASSES, 2, 2))
        with torch.no_grad():
            self.sizes.bias.add_(3)

    def forward(self, x):
        x, = self.body(x)
        return self.heat(x).sigmoid(), self.sizes(x), self.shifts(x)


FILES = [
    ("yolov6", YoloV6, ["outputs"], {}),
    ("yolov8_pose", lambda: Ultralytics(keypoints=2), ["output0"], {}),
    ("yolov10", lambda: Ultralytics(best=True), ["output0"], {}),
    ("yolo26", lambda: Ultralytics(bins=1, best=True), ["output0"], {}),
    ("damo_yolo", DamoYolo, ["scores", "boxes"], {"opset": 11}),
    ("pp_yoloe", PpYoloE, ["boxes", "scores"],
     {"opset": 11, "inputs": ("image", "scale_factor"), "more": (torch.ones(1, 2),)}),
    ("centernet", CenterNet, ["hm", "wh", "reg"], {"opset": 11}),
]
