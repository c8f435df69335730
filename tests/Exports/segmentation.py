"""Tiny segmentation nets with random weights as PyTorch exports them, the loss and gradients of their first step in float64,
and metrics of random maps by NumPy and SciPy: python3 segmentation.py ../References/segmentation"""
import json
import os
import sys

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from PIL import Image
from scipy import ndimage as ndi

WIDTH, HEIGHT = 48, 32


class Two(nn.Sequential):
    def __init__(self, a, b, pad=1):
        super().__init__(nn.Conv2d(a, b, 3, padding=pad), nn.ReLU(True), nn.Conv2d(b, b, 3, padding=pad), nn.ReLU(True))


class UNet(nn.Module):
    """Padded, nearest upsampling; or without padding, whose map shows the middle of the picture."""

    def __init__(self, classes, pad=1):
        super().__init__()
        self.pad = pad
        self.down0, self.down1 = Two(3, 4, pad), Two(4, 8, pad)
        self.up, self.join, self.out = nn.ConvTranspose2d(8, 4, 2, stride=2), Two(8, 4, pad), nn.Conv2d(4, classes, 1)

    def forward(self, x):
        a = self.down0(x)
        b = self.up(self.down1(F.max_pool2d(a, 2)))
        h, w = (a.shape[2] - b.shape[2]) // 2, (a.shape[3] - b.shape[3]) // 2
        a = a[:, :, h:h + b.shape[2], w:w + b.shape[3]] if self.pad == 0 else a
        return self.out(self.join(torch.cat([a, b], 1)))


class Fcn(nn.Module):
    """As torchvision's FCN: an encoder of stride 4 with BatchNormalization, a head, and linear upsampling."""

    def __init__(self, classes, end="logits"):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1, bias=False), nn.BatchNorm2d(8), nn.ReLU(),
                                  nn.Conv2d(8, 8, 3, 2, 1, bias=False), nn.BatchNorm2d(8), nn.ReLU())
        self.head = nn.Sequential(nn.Conv2d(8, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4), nn.ReLU(),
                                  nn.Conv2d(4, classes, 1))
        self.end = end

    def forward(self, x):
        y = self.head(self.body(x))
        if self.end == "quarter":
            return y
        y = F.interpolate(y, size=x.shape[-2:], mode="bilinear", align_corners=False)
        return {"logits": lambda: y, "softmax": lambda: F.softmax(y, 1), "sigmoid": lambda: torch.sigmoid(y),
                "argmax": lambda: y.argmax(1), "last": lambda: F.softmax(y.permute(0, 2, 3, 1), -1)}[self.end]()


NETS = {
    "unet": (lambda: UNet(1), 13), "unet_crop": (lambda: UNet(3, 0), 11), "fcn": (lambda: Fcn(3), 13),
    "fcn_quarter": (lambda: Fcn(3, "quarter"), 11), "fcn_softmax": (lambda: Fcn(3, "softmax"), 11),
    "fcn_sigmoid": (lambda: Fcn(2, "sigmoid"), 16), "fcn_argmax": (lambda: Fcn(3, "argmax"), 13),
    "fcn_last": (lambda: Fcn(3, "last"), 13),
}


def raw(net, x):
    if isinstance(net, Fcn) and net.end != "quarter":
        end, net.end = net.end, "logits"
        y = net(x)
        net.end = end
        return y
    return net(x)


def target(labels, y, crops):
    """The labels in the map's size: of the middle, or nearest to the centres of its pixels."""
    h, w = y.shape[2:]
    if crops:
        a, b = (labels.shape[1] - h) // 2, (labels.shape[2] - w) // 2
        return labels[:, a:a + h, b:b + w]
    ys = ((np.arange(h) + .5) * labels.shape[1] / h).astype(int)
    xs = ((np.arange(w) + .5) * labels.shape[2] / w).astype(int)
    return labels[:, ys][:, :, xs]


def loss(y, t, sigmoid):
    if sigmoid:
        one = torch.stack([(t == c + 1) for c in range(y.shape[1])], 1).double()
        keep = (t != 255)[:, None].double().expand_as(y)
        return (F.binary_cross_entropy_with_logits(y, one, reduction="none") * keep).sum() / keep.sum()
    return F.cross_entropy(y, t.long(), ignore_index=255)


def first_steps(folder):
    rng = np.random.default_rng(5)
    pictures = rng.integers(0, 256, (2, HEIGHT, WIDTH, 3), dtype=np.uint8)
    labels = np.zeros((2, HEIGHT, WIDTH), np.uint8)
    labels[0, 4:20, 6:30], labels[0, 12:28, 26:44], labels[1, 8:24, 10:40], labels[1, 2:6] = 1, 2, 2, 255
    for i in range(2):
        os.makedirs(f"{folder}/images", exist_ok=True)
        os.makedirs(f"{folder}/masks", exist_ok=True)
        Image.fromarray(pictures[i]).save(f"{folder}/images/{i}.png")
        Image.fromarray(labels[i]).save(f"{folder}/masks/{i}.png")
    x = torch.tensor(pictures.transpose(0, 3, 1, 2).copy()).double() / 255
    steps = {}
    for name, (make, opset) in NETS.items():
        torch.manual_seed(3)
        net = make().eval()
        batch = {0: "batch"} if name != "fcn_quarter" else {}
        torch.onnx.export(net, x[:2 if batch else 1].float(), f"{folder}/{name}.onnx", input_names=["images"],
                          output_names=["map"], opset_version=opset,
                          training=torch.onnx.TrainingMode.PRESERVE if name == "fcn" else torch.onnx.TrainingMode.EVAL, dynamic_axes={"images": batch, "map": batch} if batch else None)
        net.double()
        sigmoid = name in ("unet", "fcn_sigmoid")
        y = raw(net, x)
        t = torch.tensor(target(labels, y, name == "unet_crop"))
        if name == "unet":
            t = torch.where(t == 2, torch.tensor(1, dtype=t.dtype), t)
        value = loss(y, t, sigmoid)
        value.backward()
        steps[name] = {"loss": value.item(), "gradients": {k: {"norm": p.grad.norm().item(), "first": p.grad.flatten()[:6].tolist()}
                                                           for k, p in net.named_parameters() if p.grad is not None}}
    json.dump(steps, open(f"{folder}/first_steps.json", "w"), indent=1)


def boundary(m, c, counts):
    k = (m == c)
    edge = np.zeros_like(k)
    edge[:, 1:] |= m[:, 1:] != m[:, :-1]
    edge[:, :-1] |= m[:, 1:] != m[:, :-1]
    edge[1:] |= m[1:] != m[:-1]
    edge[:-1] |= m[1:] != m[:-1]
    return k & edge & counts


def met(a, b, d):
    if not a.any():
        return 0. if b.any() else 1.
    if not b.any():
        return 0.
    return float((ndi.distance_transform_edt(~b)[a] <= d).mean())


def evaluate(truths, founds, objects, classes, least):
    n = classes + 1
    conf = np.zeros((n, n), np.int64)
    bf, dice, ap, ap50, aji = [[] for _ in range(n)], [], [], [], []
    touching = apart = 0
    for t, p, o in zip(truths, founds, objects):
        counts = t != 255
        np.add.at(conf, (t[counts], p[counts]), 1)
        a, b = (t > 0) & counts, (p > 0) & counts
        dice.append(2 * (a & b).sum() / (a.sum() + b.sum()) if a.sum() + b.sum() else 1.)
        d = max(1, np.round(.0075 * np.hypot(*t.shape)))
        for c in range(n):
            if (t == c).any() or (p == c).any():
                bt, bp = boundary(t, c, counts), boundary(p, c, counts)
                r, q = met(bt, bp, d), met(bp, bt, d)
                bf[c].append(2 * r * q / (r + q) if r + q else 0.)
        cc = np.zeros(t.shape, int)
        k = 0
        for c in range(1, n):
            lab, m = ndi.label(p == c)
            for j in range(1, m + 1):
                if (lab == j).sum() >= least:
                    k += 1
                    cc[lab == j] = k
        cc, o = cc * counts, o * counts
        ids, js = np.unique(o[o > 0]), np.unique(cc[cc > 0])
        iou = np.array([[((o == i) & (cc == j)).sum() / ((o == i) | (cc == j)).sum() for j in js] for i in ids]).reshape(len(ids), len(js))
        score = lambda th: (lambda tp: tp / (len(ids) + len(js) - tp))((iou > th).sum()) if len(ids) + len(js) else 1.
        ap.append(np.mean([score(th / 20) for th in range(10, 20)]))
        ap50.append(score(.5))
        C = U = 0
        used = set()
        for q, i in enumerate(ids):
            if len(js) and iou[q].max() > 0:
                j = int(iou[q].argmax())
                C += ((o == i) & (cc == js[j])).sum()
                U += ((o == i) | (cc == js[j])).sum()
                used.add(j)
            else:
                U += (o == i).sum()
        U += sum((cc == js[j]).sum() for j in range(len(js)) if j not in used)
        aji.append(C / U if U else 1.)
        pairs = set()
        for y in range(o.shape[0]):
            for x in range(o.shape[1]):
                for dy in (-1, 0, 1):
                    for dx in (-1, 0, 1):
                        if 0 <= y + dy < o.shape[0] and 0 <= x + dx < o.shape[1]:
                            a, b = o[y, x], o[y + dy, x + dx]
                            if a > 0 and b > 0 and a < b:
                                pairs.add((a, b))
        cover = {i: next((j for j in js if 2 * ((o == i) & (cc == j)).sum() > (o == i).sum()), 0) for i in ids}
        touching += len(pairs)
        apart += sum(1 for a, b in pairs if cover[a] and cover[b] and cover[a] != cover[b])
    tp, t, p = np.diag(conf), conf.sum(1), conf.sum(0)
    with np.errstate(all="ignore"):
        iou, dc, rec = tp / (t + p - tp), 2 * tp / (t + p), tp / t
    mean = lambda v: float(np.nanmean(v))
    return {"confusion": conf.tolist(), "MeanIoU": mean(iou), "ForegroundIoU": mean(iou[1:]), "MeanDice": mean(dc[1:]),
            "MeanAccuracy": mean(rec), "PixelAccuracy": float(tp.sum() / t.sum()),
            "FrequencyWeightedIoU": float(np.nansum(t * np.where(t > 0, iou, 0)) / t.sum()), "DicePerPicture": mean(dice),
            "BoundaryF1": mean([np.mean(v) if v else np.nan for v in bf[1:]]), "AveragePrecision": mean(ap),
            "AveragePrecision50": mean(ap50), "AggregatedJaccard": mean(aji), "TouchingPairs": touching, "PairsToldApart": apart}


def metrics(folder):
    rng = np.random.default_rng(11)
    cases = []
    for classes, pictures, least in [(1, 3, 1), (3, 4, 3), (2, 2, 1)]:
        truths, founds, objects = [], [], []
        for _ in range(pictures):
            t, o = np.zeros((22, 30), np.uint8), np.zeros((22, 30), np.uint16)
            for k in range(rng.integers(2, 8)):
                y, x, h, w = rng.integers(0, 16), rng.integers(0, 22), rng.integers(3, 9), rng.integers(3, 10)
                t[y:y + h, x:x + w], o[y:y + h, x:x + w] = rng.integers(1, classes + 1), k + 1
            p = np.roll(t, tuple(rng.integers(-1, 2, 2)), (0, 1))
            p[rng.random(p.shape) < .03] = rng.integers(0, classes + 1)
            t[rng.random(t.shape) < .02] = 255
            truths.append(t); founds.append(p); objects.append(o)
        cases.append({"classes": classes, "least": least, "width": 30, "height": 22,
                      "truth": [t.flatten().tolist() for t in truths], "found": [p.flatten().tolist() for p in founds],
                      "objects": [o.flatten().tolist() for o in objects], "expected": evaluate(truths, founds, objects, classes, least)})
    json.dump({"cases": cases}, open(f"{folder}/metrics.json", "w"))


if __name__ == "__main__":
    os.makedirs(sys.argv[1], exist_ok=True)
    first_steps(sys.argv[1])
    metrics(sys.argv[1])
