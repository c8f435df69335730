"""Faster R-CNN with MobileNetV3 at 320 x 320 in torchvision, beside the tool on the same file, pictures and recipe.

    two_stage.py export FILE [--classes N]            writes the network with random weights, and FILE.pt with the same
    two_stage.py train FILE.pt --train COCO --test COCO --images FOLDER [--epochs N] [--batch N] [--rois N] [--lr R]
                       [--loss cross-entropy|focal] --results FILE
                                                       trains as 'mlnet-detect train' does, prints the time of a step and
                                                       writes what it finds, for 'mlnet-detect evaluate'

AdamW and clipped gradients, learning rates of the tool's schedule, pictures stretched to 320 x 320 and mirrored at random,
BatchNormalization by the batch: with the statistics of random weights the network learns next to nothing. Needs torch,
torchvision and Pillow.
"""
import argparse
import json
import math
import pathlib
import random
import resource
import statistics
import time
import warnings

import torch
import torch.nn.functional as F
from PIL import Image
from torchvision.models.detection import fasterrcnn_mobilenet_v3_large_320_fpn, roi_heads

warnings.filterwarnings("ignore")
SIZE = 320


def network(classes, rois):
    return fasterrcnn_mobilenet_v3_large_320_fpn(
        weights=None, weights_backbone=None, num_classes=classes + 1, min_size=SIZE, max_size=SIZE,
        box_batch_size_per_image=rois, trainable_backbone_layers=6)


def focal_loss(logits, deltas, labels, targets):
    """torchvision's fastrcnn_loss with -a_t (1 - p_t)^2 log p_t in the place of the cross-entropy."""
    labels, targets = torch.cat(labels), torch.cat(targets)
    ce = F.cross_entropy(logits, labels, reduction="none")
    alpha = torch.where(labels > 0, 0.25, 0.75)
    positive = torch.where(labels > 0)[0]
    own = deltas.reshape(len(labels), -1, 4)[positive, labels[positive]]
    box = F.smooth_l1_loss(own, targets[positive], beta=1 / 9, reduction="sum") / labels.numel()
    return (alpha * (1 - torch.exp(-ce)) ** 2 * ce).mean(), box


def export(file, classes):
    torch.manual_seed(0)
    net = network(classes, 512).eval()
    torch.save(net.state_dict(), file + ".pt")
    torch.onnx.export(net, ([torch.rand(3, SIZE, SIZE)],), file, opset_version=11, input_names=["image"],
                      output_names=["boxes", "labels", "scores"], training=torch.onnx.TrainingMode.PRESERVE,
                      do_constant_folding=False)


def require_fast_products():
    """Debian's torch multiplies with whatever BLAS is installed; with the reference one the box head takes 20 times as long."""
    a = torch.rand(1024, 1024)
    start = time.perf_counter()
    a @ a
    if time.perf_counter() - start > 0.3:
        raise SystemExit("torch's matrix products are slow: it has the reference BLAS. Install libopenblas0-pthread.")


def samples(path, folder):
    coco = json.loads(pathlib.Path(path).read_text())
    number = {c["id"]: i + 1 for i, c in enumerate(coco["categories"])}
    for entry in coco["images"]:
        image = Image.open(pathlib.Path(folder) / entry["file_name"]).convert("RGB")
        sx, sy = SIZE / image.width, SIZE / image.height
        pixels = torch.frombuffer(bytearray(image.resize((SIZE, SIZE), Image.BILINEAR).tobytes()), dtype=torch.uint8)
        own = [a for a in coco["annotations"] if a["image_id"] == entry["id"] and not a.get("iscrowd")]
        boxes = [[x * sx, y * sy, (x + w) * sx, (y + h) * sy] for x, y, w, h in (a["bbox"] for a in own)]
        yield (entry["id"], (sx, sy), pixels.reshape(SIZE, SIZE, 3).permute(2, 0, 1).float() / 255,
               {"boxes": torch.tensor(boxes).reshape(-1, 4), "labels": torch.tensor([number[a["category_id"]] for a in own],
                                                                                    dtype=torch.int64)})


def mirrored(picture, target):
    if random.random() < 0.5:
        boxes = target["boxes"].clone()
        boxes[:, [0, 2]] = SIZE - boxes[:, [2, 0]]
        return picture.flip(2), {**target, "boxes": boxes}
    return picture, target


def train(options):
    require_fast_products()
    data = list(samples(options.train, options.images))
    random.seed(options.seed)
    net = network(int(torch.load(options.file)["roi_heads.box_predictor.cls_score.bias"].numel()) - 1, options.rois)
    net.load_state_dict(torch.load(options.file))
    if options.loss == "focal":
        roi_heads.fastrcnn_loss = focal_loss
    optimizer = torch.optim.AdamW(net.parameters(), options.lr, weight_decay=1e-4)
    per_epoch = math.ceil(len(data) / options.batch)
    total, times, step = per_epoch * options.epochs, [], 0
    net.train()
    for _ in range(options.epochs):
        random.shuffle(data)
        for first in range(0, len(data), options.batch):
            pairs = [mirrored(picture, target) for _, _, picture, target in data[first:first + options.batch]]
            rate = (step + 1) / per_epoch if step < per_epoch else (
                1 + math.cos(math.pi * (step - per_epoch) / max(1, total - per_epoch))) / 2
            for group in optimizer.param_groups:
                group["lr"] = options.lr * rate
            start = time.perf_counter()
            loss = sum(net([p for p, _ in pairs], [t for _, t in pairs]).values())
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 10)
            optimizer.step()
            times.append(time.perf_counter() - start)
            step += 1
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(f"torchvision, {options.loss}: step {1000 * statistics.median(times):.0f} ms, peak memory {peak:.0f} MB")
    write_results(net.eval(), options)


def write_results(net, options):
    truth, found = json.loads(pathlib.Path(options.test).read_text()), []
    ids = [c["id"] for c in truth["categories"]]
    for image, (sx, sy), picture, _ in samples(options.test, options.images):
        with torch.no_grad():
            out = net([picture])[0]
        for (x0, y0, x1, y1), label, score in zip(out["boxes"].tolist(), out["labels"].tolist(), out["scores"].tolist()):
            found.append({"image_id": image, "category_id": ids[label - 1], "score": score,
                          "bbox": [x0 / sx, y0 / sy, (x1 - x0) / sx, (y1 - y0) / sy]})
    pathlib.Path(options.results).write_text(json.dumps(found))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("verb", choices=["export", "train"])
    parser.add_argument("file")
    parser.add_argument("--classes", type=int, default=3)
    parser.add_argument("--train")
    parser.add_argument("--test")
    parser.add_argument("--images")
    parser.add_argument("--results")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--rois", type=int, default=128)
    parser.add_argument("--lr", type=float, default=5e-4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--loss", choices=["cross-entropy", "focal"], default="cross-entropy")
    options = parser.parse_args()
    if options.verb == "export":
        export(options.file, options.classes)
    else:
        train(options)


if __name__ == "__main__":
    main()
