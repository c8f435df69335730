"""YOLO's heads of anchors: one convolution a level for boxes, objectness and classes of three anchors each."""
import torch
from torch import nn

from small_backbone import CLASSES, Backbone, grid

ANCHORS = [[(5, 6), (8, 15), (16, 11)], [(15, 30), (31, 22), (29, 40)], [(38, 30), (50, 44), (60, 60)]]
STRIDES = (8, 16, 32)


class Yolo(nn.Module):
    """code: how boxes are decoded; end: joined rows, boxes and scores of their own, or raw maps."""

    def __init__(self, code, end="rows", keypoints=0):
        super().__init__()
        self.code, self.end, self.keypoints, self.columns = code, end, keypoints, 5 + keypoints + CLASSES
        self.body = Backbone(activation=(lambda: nn.LeakyReLU(0.1)) if code == "exp" else nn.SiLU)
        self.heads = nn.ModuleList(nn.Conv2d(8, 3 * self.columns, 1) for _ in STRIDES)
        for i, sizes in enumerate(ANCHORS):
            self.register_buffer(f"anchors{i}", torch.tensor(sizes).float().view(1, 3, 1, 1, 2))

    def forward(self, x):
        maps = [head(level) for head, level in zip(self.heads, self.body(x))]
        maps = [m.view(1, 3, self.columns, m.shape[2], m.shape[3]).permute(0, 1, 3, 4, 2).contiguous() for m in maps]
        if self.end == "raw":
            return tuple(maps)
        rows = torch.cat([self.decode(m, i).reshape(1, -1, self.columns) for i, m in enumerate(maps)], 1)
        if self.end == "rows":
            return rows
        half = rows[..., 2:4] / 2
        return torch.cat((rows[..., :2] - half, rows[..., :2] + half), -1), rows[..., 5:] * rows[..., 4:5]

    def decode(self, raw, level):
        cells, anchors, stride = grid(raw.shape[3], raw.shape[2]), getattr(self, f"anchors{level}"), STRIDES[level]
        if self.code == "exp":    # YOLOv3
            centre = (raw[..., :2].sigmoid() + cells) * stride
            return torch.cat((centre, raw[..., 2:4].exp() * anchors, raw[..., 4:].sigmoid()), -1)
        if self.keypoints:        # YOLOv5-face: what is no probability has no sigmoid
            points = raw[..., 5:5 + self.keypoints].view(*raw.shape[:-1], self.keypoints // 2, 2)
            points = (points * anchors.unsqueeze(-2) + (cells * stride).unsqueeze(-2)).flatten(-2)
            p = torch.cat((raw[..., :5], raw[..., 5 + self.keypoints:]), -1).sigmoid()
            return torch.cat(((p[..., :2] * 2 - 0.5 + cells) * stride, (p[..., 2:4] * 2) ** 2 * anchors, p[..., 4:5],
                              points, p[..., 5:]), -1)
        p = raw.sigmoid()         # YOLOv5 and v7
        return torch.cat(((p[..., :2] * 2 - 0.5 + cells) * stride, (p[..., 2:4] * 2) ** 2 * anchors, p[..., 4:]), -1)


class YoloV4(nn.Module):
    """pytorch-YOLOv4: anchors taken apart by channels, a gain for each level, corners in parts of the picture."""

    def __init__(self):
        super().__init__()
        self.body = Backbone(activation=lambda: nn.LeakyReLU(0.1))
        self.heads = nn.ModuleList(nn.Conv2d(8, 3 * (5 + CLASSES), 1) for _ in STRIDES)

    def forward(self, x):
        levels = [self.level(head(m), i) for i, (head, m) in enumerate(zip(self.heads, self.body(x)))]
        return torch.cat([boxes for boxes, _ in levels], 1), torch.cat([scores for _, scores in levels], 1)

    def level(self, raw, level):
        h, w, stride, gain = raw.shape[2], raw.shape[3], STRIDES[level], (1.2, 1.1, 1.05)[level]

        def part(first, count):
            starts = [anchor * (5 + CLASSES) + first for anchor in range(3)]
            return torch.cat([raw[:, start:start + count] for start in starts], 1)

        centre, size = part(0, 2).sigmoid() * gain - 0.5 * (gain - 1), part(2, 2).exp()
        objectness = part(4, 1).view(1, 3 * h * w, 1).sigmoid()
        classes = part(5, CLASSES).view(1, 3, CLASSES, h * w).permute(0, 1, 3, 2).reshape(1, 3 * h * w, CLASSES).sigmoid()
        cells, boxes = grid(w, h), []
        for axis, length in ((0, w), (1, h)):
            middle = torch.cat([centre[:, 2 * a + axis:2 * a + axis + 1] + cells[..., axis] for a in range(3)], 1) / length
            sizes = torch.cat([size[:, 2 * a + axis:2 * a + axis + 1] * (ANCHORS[level][a][axis] / stride)
                               for a in range(3)], 1) / length
            boxes.append((middle.view(1, 3 * h * w, 1), sizes.view(1, 3 * h * w, 1)))
        (cx, bw), (cy, bh) = boxes
        x0, y0 = cx - bw * 0.5, cy - bh * 0.5
        return torch.cat((x0, y0, x0 + bw, y0 + bh), 2).view(1, 3 * h * w, 1, 4), classes * objectness


class EfficientNms(torch.autograd.Function):
    """TensorRT's suppression, as exporters write it: no other program computes it."""

    @staticmethod
    def forward(_, boxes, scores):
        return (torch.zeros(1, 1, dtype=torch.int32), torch.zeros(1, 50, 4), torch.zeros(1, 50),
                torch.zeros(1, 50, dtype=torch.int32))

    @staticmethod
    def symbolic(graph, boxes, scores):
        return graph.op("TRT::EfficientNMS_TRT", boxes, scores, max_output_boxes_i=50, score_threshold_f=0.25,
                        iou_threshold_f=0.45, background_class_i=-1, plugin_version_s="1", outputs=4)


class WithEfficientNms(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = Yolo("sigmoid", "parts")

    def forward(self, x):
        return EfficientNms.apply(*self.net(x))


FILES = [
    ("yolov3", lambda: Yolo("exp"), ["output"], {"opset": 11}),
    ("yolov4", YoloV4, ["boxes", "confs"], {"opset": 11}),
    ("yolov5_raw", lambda: Yolo("sigmoid", "raw"), ["level8", "level16", "level32"], {}),
    ("yolov5_face", lambda: Yolo("sigmoid", keypoints=10), ["output"], {"opset": 11}),
    ("yolov7_parts", lambda: Yolo("sigmoid", "parts"), ["boxes", "scores"], {}),
    ("yolov7_tensorrt", WithEfficientNms, ["num_dets", "det_boxes", "det_scores", "det_classes"], {}),
]
