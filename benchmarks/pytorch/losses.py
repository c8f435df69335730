"""Forward pass and gradient of losses in PyTorch, at the sizes of benchmarks/Losses: median and best of the runs.

Arguments choose cases by part of a name. Needs PyTorch and torchvision.
"""
import statistics
import sys
import time

import torch
import torch.nn.functional as F
from torchvision.ops import complete_box_iou_loss, generalized_box_iou_loss, sigmoid_focal_loss


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


def dense(loss):
    """On logits with targets that are mostly 0."""
    def build(*shape):
        x, t = normal(*shape).requires_grad_(), torch.rand(shape) * (torch.rand(shape) < 0.01)
        return lambda: loss(x, t), [x]
    return build


def focal(gamma=2):
    return lambda x, t: sigmoid_focal_loss(x, t, gamma=gamma, reduction="mean")


def normalized_focal(x, t):
    p = torch.sigmoid(x)
    focus = (p + t - 2 * p * t).pow(2).sum()
    return sigmoid_focal_loss(x, t, reduction="mean") / focus.clamp(min=1e-6)


def quality_focal(x, t):
    return ((t - x.sigmoid()).abs().pow(2) * F.binary_cross_entropy_with_logits(x, t, reduction="none")).mean()


def varifocal(x, t):
    weight = torch.where(t > 0, t, 0.75 * x.sigmoid().pow(2))
    return (weight * F.binary_cross_entropy_with_logits(x, t, reduction="none")).mean()


def rows(loss):
    """On logits with class numbers."""
    def build(images, anchors, classes):
        x, t = normal(images * anchors, classes).requires_grad_(), torch.randint(0, classes, (images * anchors,))
        return lambda: loss(x, t), [x]
    return build


def softmax_focal(x, t):
    ce = F.cross_entropy(x, t, reduction="none")
    return ((0.75 - 0.5 * (t > 0)) * (1 - torch.exp(-ce)).pow(2) * ce).mean()


def distillation(*shape):
    x, t = normal(*shape).requires_grad_(), normal(*shape)
    return lambda: F.kl_div(x.log_softmax(-1), t.log_softmax(-1), reduction="batchmean", log_target=True), [x]


def distribution_focal(count, places):
    """Li et al. 2020."""
    x, t = normal(count, places).requires_grad_(), torch.rand(count) * (places - 1)

    def loss():
        left = t.floor().long().clamp(max=places - 2)
        lower, upper = (F.cross_entropy(x, place, reduction="none") for place in (left, left + 1))
        return ((left + 1 - t) * lower + (t - left) * upper).mean()
    return loss, [x]


def overlaps(loss):
    """On boxes by their corners."""
    def build(count, _):
        def corners():
            low = torch.rand(count, 2) * 200
            return torch.cat([low, low + 20 + 100 * torch.rand(count, 2)], 1)
        x, t = corners().requires_grad_(), corners()
        return lambda: loss(x, t, reduction="mean"), [x]
    return build


def balanced(x, t):
    positives = t.mean()
    weight = torch.where(t > 0, 1 - positives, positives)
    return F.binary_cross_entropy_with_logits(x, t, weight)


def hardest(x, t):
    elements = F.binary_cross_entropy_with_logits(x, t, reduction="none").flatten()
    return elements.topk(elements.numel() // 4).values.mean()


def gradient_harmonized(x, t, bins=10):
    """Li et al. 2019."""
    length = (x.detach().sigmoid() - t).abs()
    weight, filled = torch.zeros_like(x), 0
    for i in range(bins):
        inside = (length >= i / bins) & (length < (i + 1) / bins if i < bins - 1 else length <= 1)
        count = inside.sum()
        if count > 0:
            weight[inside] = 1 / count
            filled += 1
    return F.binary_cross_entropy_with_logits(x, t, weight / max(filled, 1), reduction="sum")


def tversky(x, t):
    p = x.sigmoid()
    overlap = (p * t).sum()
    return 1 - overlap / (overlap + 0.3 * (p * (1 - t)).sum() + 0.7 * ((1 - p) * t).sum() + 1e-7)


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


def update(make, count, clip):
    """A step of an optimiser over a hundred tensors."""
    parameters = [torch.nn.Parameter(torch.randn(count // 100)) for _ in range(100)]
    for parameter in parameters:
        parameter.grad = torch.randn(count // 100)
    optimizer = make(parameters)

    def step():
        if clip:
            torch.nn.utils.clip_grad_norm_(parameters, 1)
        optimizer.step()
    return step, None


def sgd(clip):
    return lambda count: update(lambda p: torch.optim.SGD(p, 1e-3, momentum=0.9, foreach=True), count, clip)


def adamw(clip):
    return lambda count: update(lambda p: torch.optim.AdamW(p, 1e-3, foreach=True), count, clip)


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
    ("focal (class numbers)", focal_of_classes, (2, 76725, 80)),
    ("focal (class numbers)", focal_of_classes, (4, 3234, 91)),
    ("multibox with mining", multibox, (8, 8732, 21)), ("multibox with mining", multibox, (8, 4420, 4)),
    ("focal (float targets)", dense(focal()), (2, 76725, 20)),
    ("focal (float targets, gamma 1.8)", dense(focal(1.8)), (2, 76725, 20)),
    ("normalized focal", dense(normalized_focal), (2, 76725, 20)),
    ("quality focal", dense(quality_focal), (8, 8400, 80)), ("varifocal", dense(varifocal), (8, 8400, 80)),
    ("cross-entropy", rows(F.cross_entropy), (8, 8732, 21)), ("softmax focal", rows(softmax_focal), (8, 8732, 21)),
    ("distillation", distillation, (8, 8732, 21)), ("distribution focal", distribution_focal, (64000, 17)),
    ("generalized IoU", overlaps(generalized_box_iou_loss), (64000, 4)),
    ("complete IoU", overlaps(complete_box_iou_loss), (64000, 4)),
    ("smooth L1", boxes(F.smooth_l1_loss), (8, 76725, 4)),
    ("L1", boxes(F.l1_loss), (8, 76725, 4)), ("squared error", boxes(F.mse_loss), (8, 76725, 4)),
    ("dice", mask(dice), (4, 1, 512, 512)),
    ("binary cross-entropy", mask(F.binary_cross_entropy_with_logits), (4, 1, 512, 512)),
    ("balanced cross-entropy", mask(balanced), (4, 1, 512, 512)),
    ("hardest of cross-entropy", mask(hardest), (4, 1, 512, 512)),
    ("gradient harmonized", mask(gradient_harmonized), (4, 1, 512, 512)),
    ("tversky", mask(tversky), (4, 1, 512, 512)),
    ("lovasz hinge", mask(lovasz_hinge), (4, 1, 512, 512)),
    ("SGD update", sgd(False), (20000000,)), ("SGD update, clipped", sgd(True), (20000000,)),
    ("AdamW update", adamw(False), (20000000,)), ("AdamW update, clipped", adamw(True), (20000000,)),
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
            if inputs:
                torch.autograd.grad(loss(), inputs)
            else:
                loss()
            times.append((time.perf_counter() - start) * 1e3)
        print(f"| {name} | {list(size)} | {statistics.median(times[2:]):.2f} | {min(times[2:]):.2f} |", flush=True)


if __name__ == "__main__":
    main()
