"""UltraFace RFB-320 on a COCO data set in PyTorch: the training step that the .NET one is measured beside.

Prints the loss of the first step, epoch means, the median and minimum time of a step, and the peak memory.
Start it with ultraface_step.sh, which sets the threads and the allocator in PyTorch's favour.
"""
import argparse
import json
import math
import os
import resource
import statistics
import time

import numpy as np
import torch
from PIL import Image

from multibox import match, multibox_loss, priors
from onnx_network import OnnxNetwork

LOGITS, DELTAS = "459", "boxes"  # the values in front of the file's Softmax and behind its box branches
WIDTH, HEIGHT, BATCH = 320, 240, 8
MAPS = [(40, 30), (20, 15), (10, 8), (5, 4)]
BOXES = [(10, 16, 24), (32, 48), (64, 96), (128, 192, 256)]


class Data:
    """All pictures decoded, halved and kept as uint8 [N, 3, 240, 320]; boxes in units of the image."""

    def __init__(self, coco, folder):
        with open(coco) as file:
            content = json.load(file)
        label = {key: 1 + i for i, key in enumerate(sorted(category["id"] for category in content["categories"]))}
        self.classes = 1 + len(label)
        self.images = torch.stack([_halved(os.path.join(folder, i["file_name"])) for i in content["images"]])
        self.boxes, self.labels = [], []
        for image in content["images"]:
            own = [a for a in content["annotations"] if a["image_id"] == image["id"]]
            xywh = torch.tensor([a["bbox"] for a in own], dtype=torch.float32).reshape(-1, 4)
            scale = torch.tensor([image["width"], image["height"]] * 2, dtype=torch.float32)
            self.boxes.append(torch.cat([xywh[:, :2], xywh[:, :2] + xywh[:, 2:]], 1) / scale)
            self.labels.append(torch.tensor([label[a["category_id"]] for a in own]))

    def batch(self, indices, flips, prior_boxes):
        images, classes, boxes = [], [], []
        for index, flip in zip(indices, flips):
            pixels, truths = self.images[index], self.boxes[index]
            if flip:
                x0, y0, x1, y1 = truths.unbind(1)
                pixels, truths = pixels.flip(2), torch.stack([1 - x1, y0, 1 - x0, y1], 1)
            matched = match(truths, self.labels[index], prior_boxes)
            images.append(pixels)
            classes.append(matched[0])
            boxes.append(matched[1])
        return (torch.stack(images).float() - 127) / 128, torch.stack(classes), torch.stack(boxes)


def _halved(path):
    """RGB [3, H/2, W/2]: the mean of each 2x2 block, rounded half up, which is bilinear at exactly half the size."""
    pixels = np.asarray(Image.open(path).convert("RGB"), dtype=np.uint16)
    if pixels.shape != (2 * HEIGHT, 2 * WIDTH, 3):
        raise ValueError(f"{path} is {pixels.shape[1]}x{pixels.shape[0]}; this benchmark takes 640x480 pictures only")
    blocks = pixels[0::2, 0::2] + pixels[0::2, 1::2] + pixels[1::2, 0::2] + pixels[1::2, 1::2]
    return torch.from_numpy(((blocks + 2) // 4).astype(np.uint8)).permute(2, 0, 1).contiguous()


def network(model, initial, classes):
    net = OnnxNetwork(model, [LOGITS, DELTAS])
    net.reshape_last_axis(LOGITS, classes)
    with np.load(initial) as arrays:
        net.load({name: arrays[name] for name in arrays.files})
    return net


def learning_rate(step, warm_up, total, peak=1e-3):
    if step < warm_up:
        return peak * (step + 1) / warm_up
    return peak * (1 + math.cos(math.pi * (step - warm_up) / (total - warm_up))) / 2


def batches(plan):
    """(epoch, image indices, flips) of every step."""
    for epoch, (order, flips) in enumerate(zip(plan["order"], plan["flip"])):
        for start in range(0, len(order), BATCH):
            yield epoch, order[start:start + BATCH].tolist(), flips[start:start + BATCH].tolist()


def train(net, data, plan, steps):
    """Yields (epoch, classification loss, localisation loss, pictures, seconds) for each step."""
    prior_boxes = priors((WIDTH, HEIGHT), MAPS, BOXES)
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3, weight_decay=1e-4)
    all_steps = list(batches(plan))
    warm_up = sum(epoch == 0 for epoch, _, _ in all_steps)
    for step, (epoch, indices, flips) in enumerate(all_steps[:steps]):
        start = time.perf_counter()
        images, classes, boxes = data.batch(indices, flips, prior_boxes)
        logits, deltas = net(images)
        parts = multibox_loss(logits, deltas, classes, boxes)
        optimizer.zero_grad(set_to_none=True)
        sum(parts).backward()
        optimizer.param_groups[0]["lr"] = learning_rate(step, warm_up, len(all_steps))
        optimizer.step()
        losses = [part.item() for part in parts]
        yield epoch, *losses, len(indices), time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="version-RFB-320_without_postprocessing.onnx")
    parser.add_argument("--init", required=True, help=".npz with the initial weights by initializer name")
    parser.add_argument("--coco", required=True, help="COCO annotations of the training split")
    parser.add_argument("--images", required=True, help="folder of its pictures, 640x480")
    parser.add_argument("--plan", required=True, help=".npz with order [epochs, N] and flip [epochs, N]")
    parser.add_argument("--steps", type=int, default=52, help="steps to run (default: 52)")
    parser.add_argument("--threads", type=int, default=2, help="threads within an operator (default: 2)")
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    data = Data(options.coco, options.images)
    net = network(options.model, options.init, data.classes)
    print(f"{sum(w.numel() for w in net.weights.values())} parameters, {len(data.images)} pictures, "
          f"PyTorch {torch.__version__}, {options.threads} threads")
    log = []
    with np.load(options.plan) as plan:
        for step in train(net, data, plan, options.steps):
            log.append(step)
            if len(log) == 1:
                print(f"first step: loss {step[1] + step[2]:.7f} = class {step[1]:.7f} + box {step[2]:.7f}")
    report(log)


def report(log):
    for epoch in range(1 + log[-1][0]):
        steps = [step for step in log if step[0] == epoch]
        cls, loc = (statistics.fmean(step[i] for step in steps) for i in (1, 2))
        print(f"epoch {epoch + 1}: mean of {len(steps)} steps: loss {cls + loc:.5f} = class {cls:.5f} + box {loc:.5f}")
    times = [1000 * step[4] for step in log[3:] if step[3] == BATCH]  # the first steps warm up; a last batch is smaller
    if times:
        print(f"step of batch {BATCH}: median {statistics.median(times):.1f} ms, minimum {min(times):.1f} ms "
              f"({len(times)} steps)")
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
