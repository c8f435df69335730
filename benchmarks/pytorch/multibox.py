"""SSD MultiBox: priors, two-way matching, box encoding and the loss with hard-negative mining (Liu et al. 2016)."""
import torch
import torch.nn.functional as F

VARIANCES = (0.1, 0.2)


def priors(image_size, map_sizes, box_sizes):
    """[P, 4] centre x, centre y, width, height in units of the image: by level, row, column, box size."""
    width, height = image_size
    rows = [((i + 0.5) / columns_, (j + 0.5) / rows_, box / width, box / height)
            for (columns_, rows_), boxes in zip(map_sizes, box_sizes)
            for j in range(rows_) for i in range(columns_) for box in boxes]
    return torch.tensor(rows).clamp(0, 1)


def corners(boxes):
    return torch.cat([boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, :2] + boxes[:, 2:] / 2], 1)


def iou(a, b):
    size = (torch.minimum(a[:, None, 2:], b[:, 2:]) - torch.maximum(a[:, None, :2], b[:, :2])).clamp(min=0)
    shared = size[..., 0] * size[..., 1]
    area_a, area_b = (a[:, 2:] - a[:, :2]).prod(1), (b[:, 2:] - b[:, :2]).prod(1)
    return shared / (area_a[:, None] + area_b - shared)


def match(truths, labels, prior_boxes, threshold=0.5):
    """A prior takes its best truth at IoU >= threshold; the best prior of each truth takes it whatever the IoU.

    Returns class targets [P] (0 is background) and encoded boxes [P, 4].
    """
    overlap = iou(truths, corners(prior_boxes))
    best_overlap, best_truth = overlap.max(0)
    for truth, prior in enumerate(overlap.argmax(1).tolist()):
        best_overlap[prior], best_truth[prior] = 2, truth
    classes = torch.where(best_overlap >= threshold, labels[best_truth], torch.zeros_like(best_truth))
    return classes, encode(truths[best_truth], prior_boxes)


def encode(boxes, prior_boxes):
    centre, size = (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]
    return torch.cat([(centre - prior_boxes[:, :2]) / (VARIANCES[0] * prior_boxes[:, 2:]),
                      torch.log(size / prior_boxes[:, 2:]) / VARIANCES[1]], 1)


def multibox_loss(logits, deltas, classes, boxes, negatives_per_positive=3):
    """logits [B, P, C], deltas [B, P, 4], classes [B, P], boxes [B, P, 4] -> (classification, localisation) sums,
    each over the positives of the batch. Negatives: per image, those with the largest -log p(background)."""
    positive = classes > 0
    with torch.no_grad():
        hardness = -F.log_softmax(logits, 2)[..., 0]
        hardness[positive] = -float("inf")
        rank = hardness.argsort(1, descending=True).argsort(1)
        negative = rank < negatives_per_positive * positive.sum(1, keepdim=True)
    taken = positive | negative
    count = positive.sum().clamp(min=1)
    classification = F.cross_entropy(logits[taken], classes[taken], reduction="sum") / count
    localisation = F.smooth_l1_loss(deltas[positive], boxes[positive], reduction="sum") / count
    return classification, localisation
