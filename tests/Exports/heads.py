"""Small detectors with random weights, one for each kind of head, and what a first training step makes of them.

Writes into tests/References/heads: pictures and truths in COCO's format, and for each head the exported file, the loss
terms and the gradient of each parameter in float64 (stored as float32), computed by torchvision where it has the head,
else by the formulas of the papers. Needs torch 1.13, torchvision 0.14 and Pillow.
"""
import json
import pathlib

import numpy
import torch
from PIL import Image
from torch import nn

OUT = pathlib.Path(__file__).resolve().parent.parent / "References" / "heads"
SIZE, CLASSES = 64, ["box", "disc", "bar"]
MEAN, STD = (127.0, 127.0, 127.0), (128.0, 128.0, 128.0)


def pictures():
    """Four pictures; the last one has no object."""
    random = numpy.random.RandomState(7)
    images, truths = [], []
    for i in range(4):
        pixels = random.randint(90, 150, (SIZE, SIZE, 3))
        boxes, labels = [], []
        for k in range((2, 3, 1, 0)[i]):
            w, h = random.randint(10, 44, 2)
            x, y = random.randint(0, SIZE - w), random.randint(0, SIZE - h)
            label = int(random.randint(0, len(CLASSES)))
            color = [40, 40, 40]
            color[label] = 230
            pixels[y:y + h, x:x + w] = color
            boxes.append([int(n) for n in (x, y, x + w, y + h)])
            labels.append(label)
        images.append(pixels.astype(numpy.uint8))
        truths.append((boxes, labels))
    return images, truths


def write_pictures(images, truths):
    coco = {"images": [], "annotations": [], "categories": [{"id": i, "name": n} for i, n in enumerate(CLASSES)]}
    for i, (pixels, (boxes, labels)) in enumerate(zip(images, truths)):
        Image.fromarray(pixels).save(OUT / f"{i}.png", optimize=True)
        coco["images"].append({"id": i, "file_name": f"{i}.png", "width": SIZE, "height": SIZE})
        for (x0, y0, x1, y1), label in zip(boxes, labels):
            coco["annotations"].append({
                "id": len(coco["annotations"]) + 1, "image_id": i, "category_id": label, "iscrowd": 0,
                "bbox": [x0, y0, x1 - x0, y1 - y0], "area": (x1 - x0) * (y1 - y0)})
    (OUT / "truths.json").write_text(json.dumps(coco, indent=1))


def batch(images):
    x = numpy.stack(images).astype(numpy.float64).transpose(0, 3, 1, 2)
    return (torch.from_numpy(x) - torch.tensor(MEAN).view(1, 3, 1, 1)) / torch.tensor(STD).view(1, 3, 1, 1)


def targets(truths):
    return [{"boxes": torch.tensor(b, dtype=torch.float64).reshape(-1, 4), "labels": torch.tensor(l, dtype=torch.int64)}
            for b, l in truths]


class Backbone(nn.Module):
    """Feature maps of strides 8, 16 and 32. Activations are smooth, so that gradients compare well."""

    def __init__(self, channels=16, levels=3):
        super().__init__()
        widths = [3, 8, 12] + [channels] * levels
        self.stages = nn.ModuleList(nn.Conv2d(a, b, 3, 2, 1) for a, b in zip(widths, widths[1:]))
        self.out_channels = channels

    def forward(self, x):
        maps = []
        for i, stage in enumerate(self.stages):
            x = nn.functional.silu(stage(x))
            if i >= 2:
                maps.append(x)
        return maps


def scramble(module, seed, deviation=1.0):
    """Weights that no exporter takes for equal ones, of a size that keeps activations alive."""
    torch.manual_seed(seed)
    with torch.no_grad():
        for parameter in module.parameters():
            fan = parameter[0].numel() if parameter.dim() > 1 else 10
            parameter.copy_(torch.randn_like(parameter) * deviation / fan ** 0.5)


def write(name, module, images, outputs, terms, opset=13, detections=None, dynamic=True, **more):
    """Exports the float32 module; differentiates the terms of its float64 twin."""
    module = module.double()
    parameters = {key: value for key, value in module.named_parameters() if value.requires_grad}
    loss = sum(terms.values())
    gradients = torch.autograd.grad(loss, list(parameters.values()), allow_unused=True)
    expected = {
        "terms": {key: float(value) for key, value in terms.items()},
        "parameters": [[key, value.numel()] for key, value in parameters.items()], **more}
    if detections is not None:
        expected["detections"] = detections
    (OUT / f"{name}.json").write_text(json.dumps(expected, indent=1))
    flat = [numpy.zeros(p.numel()) if g is None else g.numpy().ravel() for p, g in zip(parameters.values(), gradients)]
    numpy.concatenate(flat).astype("<f4").tofile(OUT / f"{name}.gradients.bin")
    module = module.float().eval()
    torch.onnx.export(module, torch.zeros(1, 3, SIZE, SIZE), str(OUT / f"{name}.onnx"), opset_version=opset,
                      input_names=["images"], output_names=outputs,
                      dynamic_axes={key: {0: "batch"} for key in ["images"] + outputs} if dynamic else None)
    print(name, expected["terms"], (OUT / f"{name}.onnx").stat().st_size)


def anchors_of(generator, maps):
    from torchvision.models.detection.image_list import ImageList
    x = torch.zeros(1, 3, SIZE, SIZE)
    return generator(ImageList(x, [(SIZE, SIZE)]), maps)[0].double()


def fcos(images, truths):
    from torchvision.models.detection.anchor_utils import AnchorGenerator
    from torchvision.models.detection.fcos import FCOS, FCOSClassificationHead, FCOSHead, FCOSRegressionHead

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.backbone = Backbone()
            self.head = FCOSHead(32, 1, len(CLASSES), num_convs=1)

            def bare(_):
                return nn.Identity()   # torchvision's group normalisation wants 32 channels

            self.head.classification_head = FCOSClassificationHead(16, 1, len(CLASSES), 1, norm_layer=bare)
            self.head.regression_head = FCOSRegressionHead(16, 1, 1, norm_layer=bare)
            for branch in (self.head.classification_head, self.head.regression_head):
                branch.conv[2] = nn.SiLU()

        def forward(self, x):
            out = self.head(self.backbone(x))
            return out["cls_logits"], out["bbox_regression"], out["bbox_ctrness"]

    net = Net()
    scramble(net, 1)
    with torch.no_grad():
        net.head.regression_head.bbox_reg.bias.add_(1.5)
    net = net.double()
    sizes = AnchorGenerator(((8,), (16,), (32,)), ((1.0,),) * 3)
    whole = FCOS(net.backbone, len(CLASSES), anchor_generator=sizes, head=net.head, score_thresh=0.5).double()
    maps = net.backbone(batch(images))
    counts = [m.shape[2] * m.shape[3] for m in maps]
    logits, boxes, centerness = net(batch(images))
    anchors = anchors_of(sizes, maps)
    out = {"cls_logits": logits, "bbox_regression": boxes, "bbox_ctrness": centerness}
    losses = whole.compute_loss(targets(truths), out, [anchors] * len(images), counts)
    split = {key: list(value.split(counts, 1)) for key, value in out.items()}
    found = whole.postprocess_detections(split, [list(anchors.split(counts))] * len(images), [(SIZE, SIZE)] * len(images))
    detections = [{key: d[key].tolist() for key in ("boxes", "scores", "labels")} for d in found]
    terms = {"classification": losses["classification"], "box": losses["bbox_regression"],
             "centerness": losses["bbox_ctrness"]}
    write("fcos", net, images, ["cls_logits", "bbox_regression", "bbox_ctrness"], terms, detections=detections)


class AnchorNet(nn.Module):
    """A backbone and one of torchvision's heads on anchors."""

    def __init__(self, head):
        super().__init__()
        self.backbone, self.head = Backbone(), head

    def forward(self, x):
        out = self.head(self.backbone(x))
        return out["cls_logits"], out["bbox_regression"]


def smooth(module):
    """The same with SiLU for ReLU, whose kinks make gradients incomparable."""
    for name, child in module.named_children():
        if isinstance(child, nn.ReLU):
            setattr(module, name, nn.SiLU())
        else:
            smooth(child)


def on_anchors(name, net, whole, generator, images, truths, loss):
    smooth(net)
    net = net.double()
    maps = net.backbone(batch(images))
    anchors = anchors_of(generator, maps)
    anchors.numpy().astype("<f4").tofile(OUT / f"{name}.anchors.bin")
    logits, deltas = net(batch(images))
    losses = loss(whole, targets(truths), {"cls_logits": logits, "bbox_regression": deltas}, [anchors] * len(images))
    terms = {"classification": losses["classification"], "box": losses["bbox_regression"]}
    write(name, net, images, ["cls_logits", "bbox_regression"], terms)


def retinanet(images, truths):
    from torchvision.models.detection.anchor_utils import AnchorGenerator
    from torchvision.models.detection.retinanet import RetinaNet, RetinaNetHead
    generator = AnchorGenerator(((16, 22), (32, 44), (64,)), ((0.5, 1.0), (0.5, 1.0), (0.5, 1.0, 1.5, 2.0)))
    net = AnchorNet(RetinaNetHead(16, 4, len(CLASSES)))
    scramble(net, 5)
    whole = RetinaNet(net.backbone, len(CLASSES), anchor_generator=generator, head=net.head)
    on_anchors("retinanet", net, whole, generator, images, truths, lambda whole, t, out, anchors:
               whole.compute_loss(t, out, anchors))


def ssd(images, truths):
    from torchvision.models.detection.anchor_utils import DefaultBoxGenerator
    from torchvision.models.detection.ssd import SSD, SSDHead
    from torchvision.ops import box_iou
    generator = DefaultBoxGenerator([[2], [2], [2]], min_ratio=0.2, max_ratio=0.8)
    net = AnchorNet(SSDHead([16] * 3, generator.num_anchors_per_location(), len(CLASSES) + 1))
    scramble(net, 6)
    whole = SSD(net.backbone, generator, (SIZE, SIZE), len(CLASSES) + 1, head=net.head)

    def loss(whole, t, out, anchors):
        t = [{"boxes": one["boxes"], "labels": one["labels"] + 1} for one in t]
        matched = [whole.proposal_matcher(box_iou(one["boxes"], a)) if len(one["boxes"]) else
                   torch.full((len(a),), -1, dtype=torch.int64) for one, a in zip(t, anchors)]
        return whole.compute_loss(t, out, anchors, matched)

    on_anchors("ssd", net, whole, generator, images, truths, loss)


class YoloxNet(nn.Module):
    """YOLOX's decoupled head; the file joins, activates and decodes as its exports do."""

    def __init__(self):
        super().__init__()
        self.backbone = Backbone()
        self.cls_convs = nn.ModuleList(nn.Conv2d(16, 12, 3, 1, 1) for _ in range(3))
        self.reg_convs = nn.ModuleList(nn.Conv2d(16, 12, 3, 1, 1) for _ in range(3))
        self.cls_preds = nn.ModuleList(nn.Conv2d(12, len(CLASSES), 1) for _ in range(3))
        self.reg_preds = nn.ModuleList(nn.Conv2d(12, 4, 1) for _ in range(3))
        self.obj_preds = nn.ModuleList(nn.Conv2d(12, 1, 1) for _ in range(3))

    def maps(self, x):
        for i, m in enumerate(self.backbone(x)):
            c = nn.functional.silu(self.cls_convs[i](m))
            r = nn.functional.silu(self.reg_convs[i](m))
            yield self.reg_preds[i](r), self.obj_preds[i](r), self.cls_preds[i](c)

    def decode(self, table):
        grid, stride = cells()
        grid, stride = grid.to(table.dtype), stride.to(table.dtype)
        return torch.cat([(table[..., :2] + grid) * stride, torch.exp(table[..., 2:4]) * stride, table[..., 4:]], -1)

    def forward(self, x):
        levels = [torch.cat([r, o.sigmoid(), c.sigmoid()], 1) for r, o, c in self.maps(x)]
        return self.decode(torch.cat([level.flatten(2) for level in levels], 2).permute(0, 2, 1))

    def raw(self, x):
        return self.decode(torch.cat([torch.cat(maps, 1).flatten(2) for maps in self.maps(x)], 2).permute(0, 2, 1))


def cells(strides=(8, 16, 32)):
    """Column and row of each cell, and its stride."""
    grid, stride = [], []
    for s in strides:
        n = SIZE // s
        y, x = torch.meshgrid(torch.arange(n), torch.arange(n), indexing="ij")
        grid.append(torch.stack([x, y], -1).reshape(-1, 2))
        stride.append(torch.full((n * n, 1), s))
    return torch.cat(grid).double(), torch.cat(stride).double()


def corners(boxes):
    return torch.cat([boxes[..., :2] - boxes[..., 2:] / 2, boxes[..., :2] + boxes[..., 2:] / 2], -1)


def centres(boxes):
    return torch.cat([(boxes[..., :2] + boxes[..., 2:]) / 2, boxes[..., 2:] - boxes[..., :2]], -1)


def simota(table, boxes, labels, radius=1.5):
    """The object of each cell, or -1. Ge et al. 2021, https://arxiv.org/abs/2107.08430"""
    from torchvision.ops import box_iou
    grid, stride = cells()
    matched = torch.full((len(table),), -1)
    if len(boxes) == 0:
        return matched
    distance = ((grid + 0.5)[None] * stride[None] - centres(boxes)[:, None, :2]).abs().amax(-1)
    near = distance < radius * stride[None, :, 0]
    candidates = torch.where(near.any(0))[0]
    iou = box_iou(boxes, corners(table[candidates, :4]))
    p = (table[candidates, 5:].sigmoid() * table[candidates, 4:5].sigmoid()).sqrt()
    wanted = nn.functional.one_hot(labels, len(CLASSES)).double()
    bce = -(wanted[:, None] * p.log().clamp(min=-100) + (1 - wanted[:, None]) * (1 - p).log().clamp(min=-100)).sum(-1)
    cost = bce - 3 * (iou + 1e-8).log() + 1e6 * ~near[:, candidates]
    chosen = torch.zeros_like(cost)
    for g in range(len(boxes)):
        k = max(1, int(iou[g].topk(min(10, len(candidates))).values.sum()))
        chosen[g, cost[g].topk(min(k, len(candidates)), largest=False).indices] = 1
    several = chosen.sum(0) > 1
    chosen[:, several] = nn.functional.one_hot(cost[:, several].argmin(0), len(boxes)).T.double()
    taken = chosen.sum(0) > 0
    matched[candidates[taken]] = chosen[:, taken].argmax(0)
    return matched


def yolox(images, truths):
    from torchvision.ops import box_iou
    net = YoloxNet()
    scramble(net, 2)
    with torch.no_grad():
        for level in net.reg_preds:
            level.bias[2:].add_(0.7)
    net = net.double()
    table = net.raw(batch(images))
    bce = nn.functional.binary_cross_entropy_with_logits
    terms, count = {"box": 0, "objectness": 0, "classification": 0}, 0
    for rows, t in zip(table, targets(truths)):
        matched = simota(rows.detach(), t["boxes"], t["labels"])
        positive = matched >= 0
        count += int(positive.sum())
        terms["objectness"] = terms["objectness"] + bce(rows[:, 4], positive.double(), reduction="sum")
        if not positive.any():
            continue
        wanted = t["boxes"][matched[positive]]
        iou = box_iou(corners(rows[positive, :4]), wanted).diagonal()
        label = nn.functional.one_hot(t["labels"][matched[positive]], len(CLASSES)) * iou.detach()[:, None]
        terms["box"] = terms["box"] + 5 * (1 - iou ** 2).sum()
        terms["classification"] = terms["classification"] + bce(rows[positive, 5:], label, reduction="sum")
    terms = {key: value / max(1, count) for key, value in terms.items()}
    write("yolox", net, images, ["output"], terms, positives=count)


ANCHORS = [[[10, 13], [16, 30], [33, 23]], [[30, 61], [62, 45], [59, 119]], [[116, 90], [156, 198], [373, 326]]]


class YoloNet(nn.Module):
    """YOLOv5's head: one convolution a level; the file decodes as its exports do."""

    def __init__(self):
        super().__init__()
        self.backbone = Backbone()
        self.m = nn.ModuleList(nn.Conv2d(16, 3 * (5 + len(CLASSES)), 1) for _ in range(3))

    def maps(self, x):
        for conv, m in zip(self.m, self.backbone(x)):
            y = conv(m)
            yield y.view(y.shape[0], 3, 5 + len(CLASSES), m.shape[2], m.shape[3]).permute(0, 1, 3, 4, 2).contiguous()

    def forward(self, x):
        out = []
        for level, y in enumerate(self.maps(x)):
            grid, stride, size = self.frame(level, y)
            xy, wh, rest = y.sigmoid().split((2, 2, len(CLASSES) + 1), 4)
            decoded = torch.cat(((xy * 2 - 0.5 + grid) * stride, (wh * 2) ** 2 * size, rest), 4)
            out.append(decoded.view(-1, 3 * y.shape[2] * y.shape[3], 5 + len(CLASSES)))
        return torch.cat(out, 1)

    def raw(self, x):
        """Decoded boxes and logits, [B, 3, H, W, 5 + C] a level."""
        for level, y in enumerate(self.maps(x)):
            grid, stride, size = self.frame(level, y)
            s = y[..., :4].sigmoid()
            yield torch.cat(((s[..., :2] * 2 - 0.5 + grid) * stride, (s[..., 2:] * 2) ** 2 * size, y[..., 4:]), 4)

    @staticmethod
    def frame(level, y):
        rows, columns = torch.meshgrid(torch.arange(y.shape[2]), torch.arange(y.shape[3]), indexing="ij")
        grid = torch.stack((columns, rows), 2).to(y.dtype)[None, None]
        return grid, 8 * 2 ** level, torch.tensor(ANCHORS[level], dtype=y.dtype).view(1, 3, 1, 1, 2)


def by_ratio(boxes, level, n):
    """The object of each anchor [3, n, n], or -1: sides within a factor of 4, centre in the cell or just beside it."""
    matched, best = torch.full((3, n, n), -1), torch.full((3, n, n), 4.0, dtype=torch.float64)
    for g, (cx, cy, w, h) in enumerate(centres(boxes).tolist()):
        x, y = cx * n / SIZE, cy * n / SIZE
        near = {(int(y), int(x))}
        if x % 1 < 0.5 and x > 1:
            near.add((int(y), int(x) - 1))
        if x % 1 > 0.5 and n - x > 1:
            near.add((int(y), int(x) + 1))
        if y % 1 < 0.5 and y > 1:
            near.add((int(y) - 1, int(x)))
        if y % 1 > 0.5 and n - y > 1:
            near.add((int(y) + 1, int(x)))
        for a, (aw, ah) in enumerate(ANCHORS[level]):
            ratio = max(w / aw, aw / w, h / ah, ah / h)
            for r, c in near:
                if ratio < best[a, r, c]:
                    best[a, r, c], matched[a, r, c] = ratio, g
    return matched


def yolo(images, truths):
    from torchvision.ops import complete_box_iou_loss
    net = YoloNet()
    scramble(net, 3)
    net = net.double()
    bce = nn.functional.binary_cross_entropy_with_logits
    terms = {"box": 0, "objectness": 0, "classification": 0}
    for level, table in enumerate(net.raw(batch(images))):
        matched = torch.stack([by_ratio(t["boxes"], level, table.shape[2]) for t in targets(truths)])
        positive, wanted = matched >= 0, torch.zeros(matched.shape).double()
        if positive.any():
            rows = table[positive]
            own = torch.cat([t["boxes"][m[m >= 0]] for t, m in zip(targets(truths), matched)])
            labels = torch.cat([t["labels"][m[m >= 0]] for t, m in zip(targets(truths), matched)])
            loss = complete_box_iou_loss(corners(rows[:, :4]), own)
            wanted[positive] = (1 - loss).detach().clamp(min=0)
            terms["box"] = terms["box"] + 0.05 * loss.mean()
            label = nn.functional.one_hot(labels, len(CLASSES)).double()
            terms["classification"] = terms["classification"] + 0.5 * bce(rows[:, 5:], label)
        terms["objectness"] = terms["objectness"] + (4.0, 1.0, 0.4)[level] * bce(table[..., 4], wanted)
    write("yolo", net, images, ["output"], terms)


class Yolov8Net(nn.Module):
    """YOLOv8's head, with 16 bins a side; the file decodes as its exports do, for one picture."""

    def __init__(self):
        super().__init__()
        self.backbone = Backbone()
        self.cv2 = nn.ModuleList(nn.Conv2d(16, 64, 1) for _ in range(3))
        self.cv3 = nn.ModuleList(nn.Conv2d(16, len(CLASSES), 1) for _ in range(3))
        self.dfl = nn.Conv2d(16, 1, 1, bias=False).requires_grad_(False)

    def forward(self, x):
        levels = [torch.cat((a(m), b(m)), 1) for a, b, m in zip(self.cv2, self.cv3, self.backbone(x))]
        joined = torch.cat([level.view(level.shape[0], 64 + len(CLASSES), -1) for level in levels], 2)
        sides, classes = joined.split((64, len(CLASSES)), 1)
        b, _, a = sides.shape
        distances = self.dfl(sides.view(b, 4, 16, a).transpose(2, 1).softmax(1)).view(b, 4, a)
        grid, stride = (part.T[None].to(x.dtype) for part in cells())
        low, high = distances.chunk(2, 1)
        low, high = grid + 0.5 - low, grid + 0.5 + high
        return torch.cat((torch.cat(((low + high) / 2, high - low), 1) * stride, classes.sigmoid()), 1)

    def raw(self, x):
        """Corners in pixels, class logits and logits of the sides."""
        maps = self.backbone(x)
        sides = torch.cat([a(m).flatten(2) for a, m in zip(self.cv2, maps)], 2).transpose(1, 2)
        logits = torch.cat([b(m).flatten(2) for b, m in zip(self.cv3, maps)], 2).transpose(1, 2)
        sides = sides.reshape(*sides.shape[:2], 4, 16)
        distances = sides.softmax(-1) @ torch.arange(16, dtype=sides.dtype)
        grid, stride = cells()
        corner = torch.cat([grid + 0.5 - distances[..., :2], grid + 0.5 + distances[..., 2:]], -1) * stride
        return corner, logits, sides


def task_aligned(corner, logits, boxes, labels, k=10, alpha=0.5, beta=6):
    """The object of each cell or -1, and the quality of the match. Feng et al. 2021, arXiv 2108.07755"""
    from torchvision.ops import box_iou
    grid, stride = cells()
    points = (grid + 0.5) * stride
    matched, best = torch.full((len(corner),), -1), torch.zeros(len(corner)).double()
    quality = torch.zeros(len(corner)).double()
    if len(boxes) == 0:
        return matched, quality
    iou = box_iou(boxes, corner)
    t = logits.sigmoid()[:, labels].T ** alpha * iou ** beta
    inside = torch.cat([points[None] - boxes[:, None, :2], boxes[:, None, 2:] - points[None]], -1).amin(-1) > 0.01
    for g in range(len(boxes)):
        for i in (t[g] * inside[g]).sort(descending=True, stable=True).indices[:k].tolist():
            if inside[g, i] and (matched[i] < 0 or iou[g, i] > best[i]):
                matched[i], best[i] = g, iou[g, i]
    for g in range(len(boxes)):
        own = matched == g
        if own.any():
            quality[own] = t[g, own] / t[g, own].max() * iou[g, own].max()
    return matched, quality


def yolov8(images, truths):
    from torchvision.ops import complete_box_iou_loss
    net = Yolov8Net()
    scramble(net, 7)
    net.dfl.weight.data = torch.arange(16.0).view(1, 16, 1, 1)
    with torch.no_grad():
        for level in net.cv2:
            level.bias.view(4, 16)[:, 1:3].add_(1.5)
    net = net.double()
    bce, entropy = nn.functional.binary_cross_entropy_with_logits, nn.functional.cross_entropy
    terms, total = {"box": 0, "classification": 0, "sides": 0}, 0
    grid, stride = cells()
    for corner, logits, sides, t in zip(*net.raw(batch(images)), targets(truths)):
        matched, quality = task_aligned(corner.detach(), logits.detach(), t["boxes"], t["labels"])
        label, own = torch.zeros_like(logits), matched >= 0
        if own.any():
            label[own, t["labels"][matched[own]]] = quality[own]
            wanted = t["boxes"][matched[own]]
            weight = quality[own]
            total = total + weight.sum()
            terms["box"] = terms["box"] + 7.5 * (weight * complete_box_iou_loss(corner[own], wanted)).sum()
            point = grid[own] + 0.5
            d = torch.cat([point - wanted[:, :2] / stride[own], wanted[:, 2:] / stride[own] - point], 1).clamp(0, 14.99)
            left = d.long()
            per_side = (entropy(sides[own].view(-1, 16), left.view(-1), reduction="none") * (left + 1 - d).view(-1)
                        + entropy(sides[own].view(-1, 16), left.view(-1) + 1, reduction="none") * (d - left).view(-1))
            terms["sides"] = terms["sides"] + 1.5 * (per_side.view(-1, 4).mean(1) * weight).sum()
        terms["classification"] = terms["classification"] + 0.5 * bce(logits, label, reduction="sum")
    terms = {key: value / max(1, float(total)) for key, value in terms.items()}
    write("yolov8", net, images, ["output0"], terms, dynamic=False)


class Linear(nn.Module):
    """x w + b, with the weight as the exporter writes it: the other one gets a new name when it is transposed."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(inputs, outputs))
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x):
        return x @ self.weight + self.bias


class DetrNet(nn.Module):
    """A decoder of queries over the cells of a feature map."""

    def __init__(self, width=16, queries=8):
        super().__init__()
        self.backbone = Backbone(width, levels=1)
        self.position = nn.Parameter(torch.zeros(1, 64, width))
        self.queries = nn.Parameter(torch.zeros(1, queries, width))
        self.layers = nn.ModuleList(nn.ModuleDict({
            "q": Linear(width, width), "k": Linear(width, width), "v": Linear(width, width),
            "norm": nn.LayerNorm(width), "up": Linear(width, 24), "down": Linear(24, width)}) for _ in range(2))
        self.class_embed = Linear(width, len(CLASSES) + 1)
        self.box_hidden = Linear(width, width)
        self.box_embed = Linear(width, 4)

    def forward(self, x):
        cells = self.backbone(x)[0].flatten(2).permute(0, 2, 1)
        y = self.queries.expand(x.shape[0], -1, -1)
        for layer in self.layers:
            scores = layer["q"](y + self.queries) @ layer["k"](cells + self.position).transpose(1, 2) / 4
            y = layer["norm"](y + scores.softmax(-1) @ layer["v"](cells))
            y = y + layer["down"](nn.functional.gelu(layer["up"](y)))
        return self.class_embed(y), self.box_embed(nn.functional.silu(self.box_hidden(y))).sigmoid()


def detr(images, truths):
    from scipy.optimize import linear_sum_assignment
    from torchvision.ops import generalized_box_iou
    net = DetrNet()
    scramble(net, 4)
    net = net.double()
    logits, boxes = net(batch(images))
    classes = torch.full(logits.shape[:2], len(CLASSES))
    l1, giou, count = 0, 0, sum(len(t["labels"]) for t in targets(truths))
    for i, t in enumerate(targets(truths)):
        wanted = centres(t["boxes"] / SIZE)
        if len(wanted) == 0:
            continue
        overlap = generalized_box_iou(corners(boxes[i]), corners(wanted))
        cost = 5 * torch.cdist(boxes[i], wanted, p=1) - logits[i].softmax(-1)[:, t["labels"]] - 2 * overlap
        query, item = linear_sum_assignment(cost.detach().numpy())
        classes[i, query] = t["labels"][item]
        l1 = l1 + (boxes[i, query] - wanted[item]).abs().sum()
        giou = giou + (1 - overlap[query, item]).sum()
    weight = torch.ones(len(CLASSES) + 1).double()
    weight[-1] = 0.1
    terms = {"classification": nn.functional.cross_entropy(logits.transpose(1, 2), classes, weight),
             "l1": 5 * l1 / count, "iou": 2 * giou / count}
    write("detr", net, images, ["pred_logits", "pred_boxes"], terms, opset=17)


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    images, truths = pictures()
    write_pictures(images, truths)
    for head in (ssd, retinanet, fcos, yolox, yolo, yolov8, detr):
        head(images, truths)
