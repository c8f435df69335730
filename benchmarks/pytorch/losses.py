"""Forward pass and gradient of losses in PyTorch, at the sizes of benchmarks/Losses: median and best of the runs.

Arguments choose cases by part of a name. Needs PyTorch and torchvision.
"""
import statistics
import sys
import time

import torch
import torch.nn.functional as F
from torchvision.ops import sigmoid_focal_loss


def normal(*shape):
    return torch.randn(shape) * 2 - 2


def states(classes, *shape):
    """Of 1000 anchors 4 positive, 6 ignored (-2), the others background (-1)."""
    draw = torch.randint(0, 1000, shape)
    found = torch.randint(0, classes, shape)
    return torch.where(draw < 4, found, torch.where(draw < 10, torch.full(shape, -2), torch.full(shape, -1)))


def retinanet(images, anchors, classes):
    """As torchvision's RetinaNet: one-hot targets of each image, focal loss and smooth L1 over its positives."""
    logits, deltas = normal(images, anchors, classes).requires_grad_(), normal(images, anchors, 4).requires_grad_()
    labels, boxes = states(classes, images, anchors), normal(images, anchors, 4)

    def loss():
        total = 0
        for x, d, label, box in zip(logits, deltas, labels, boxes):
            positive, counted = label >= 0, label >= -1
            target = torch.zeros_like(x)
            target[positive, label[positive]] = 1
            n = positive.sum().clamp(min=1)
            focal = sigmoid_focal_loss(x[counted], target[counted], reduction="sum")
            total = total + (focal + F.smooth_l1_loss(d[positive], box[positive], reduction="sum")) / n
        return total / images
    return loss, [logits, deltas]


def multibox(images, anchors, channels):
    """As torchvision's SSD."""
    logits, deltas = normal(images, anchors, channels).requires_grad_(), normal(images, anchors, 4).requires_grad_()
    labels, boxes = states(channels - 1, images, anchors).clamp(min=-1) + 1, normal(images, anchors, 4)

    def loss():
        positive = labels > 0
        n = positive.sum(1, keepdim=True)
        ce = F.cross_entropy(logits.view(-1, channels), labels.view(-1), reduction="none").view(labels.shape)
        ranked = ce.clone()
        ranked[positive] = -float("inf")
        _, order = ranked.sort(1, descending=True)
        hard = order.sort(1)[1] < 3 * n
        total = n.sum().clamp(min=1)
        box = F.smooth_l1_loss(deltas[positive], boxes[positive], reduction="sum")
        return (ce[positive].sum() + ce[hard].sum() + box) / total
    return loss, [logits, deltas]


def focal_of_classes(images, anchors, classes):
    """On one-hot targets that are there already."""
    x, labels = normal(images, anchors, classes).requires_grad_(), states(classes, images, anchors)
    target = F.one_hot(labels.clamp(min=0), classes).float() * (labels >= 0).unsqueeze(-1)
    return lambda: sigmoid_focal_loss(x, target, reduction="sum"), [x]


def focal(*shape):
    x, t = normal(*shape).requires_grad_(), (torch.rand(shape) < 0.01).float()
    return lambda: sigmoid_focal_loss(x, t, reduction="mean"), [x]


def boxes(loss):
    def build(*shape):
        x, t = normal(*shape).requires_grad_(), normal(*shape)
        return lambda: loss(x, t), [x]
    return build


def mask(loss):
    def build(*shape):
        x, t = normal(*shape).requires_grad_(), (torch.rand(shape) < 0.2).float()
        return lambda: loss(x, t), [x]
    return build


def dice(x, t):
    p = x.sigmoid()
    return 1 - 2 * (p * t).sum() / (p.sum() + t.sum() + 1e-7)


def lovasz_hinge(x, t):
    """Berman et al. 2018, image by image."""
    total = 0
    for logits, labels in zip(x.flatten(1), t.flatten(1)):
        errors, order = torch.sort(1 - logits * (2 * labels - 1), descending=True)
        sorted_labels = labels[order]
        positives = sorted_labels.sum()
        jaccard = 1 - (positives - sorted_labels.cumsum(0)) / (positives + (1 - sorted_labels).cumsum(0))
        jaccard[1:] = jaccard[1:] - jaccard[:-1]
        total = total + torch.dot(F.relu(errors), jaccard)
    return total / len(x)


CASES = [
    ("retinanet", retinanet, (8, 76725, 80)), ("retinanet", retinanet, (2, 76725, 80)),
    ("retinanet", retinanet, (2, 76725, 20)), ("retinanet", retinanet, (4, 3234, 91)),
    ("focal (class numbers)", focal_of_classes, (8, 76725, 80)),
    ("focal (class numbers)", focal_of_classes, (4, 3234, 91)),
    ("multibox with mining", multibox, (8, 8732, 21)), ("multibox with mining", multibox, (8, 4420, 4)),
    ("focal (float targets)", focal, (2, 76725, 20)), ("smooth L1", boxes(F.smooth_l1_loss), (8, 76725, 4)),
    ("L1", boxes(F.l1_loss), (8, 76725, 4)), ("squared error", boxes(F.mse_loss), (8, 76725, 4)),
    ("dice", mask(dice), (4, 1, 512, 512)),
    ("binary cross-entropy", mask(F.binary_cross_entropy_with_logits), (4, 1, 512, 512)),
    ("lovasz hinge", mask(lovasz_hinge), (4, 1, 512, 512)),
]


def main():
    torch.set_num_threads(2)
    torch.manual_seed(1)
    print("| loss | size | median ms | best ms |\n|---|---|---|---|")
    for name, build, size in CASES:
        if len(sys.argv) > 1 and not any(part in f"{name} {list(size)}" for part in sys.argv[1:]):
            continue
        loss, inputs = build(*size)
        times = []
        for _ in range(8):
            start = time.perf_counter()
            torch.autograd.grad(loss(), inputs)
            times.append((time.perf_counter() - start) * 1e3)
        print(f"| {name} | {list(size)} | {statistics.median(times[2:]):.1f} | {min(times[2:]):.1f} |", flush=True)


if __name__ == "__main__":
    main()
