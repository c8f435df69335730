"""Times torchvision and PIL on the boxes that benchmarks/Geometry writes: geometry.py FOLDER ROUNDS [PICTURES]."""
import glob
import io
import statistics
import sys
import time

import numpy
import torch
import torchvision
from PIL import Image
from torchvision.models.detection._utils import BoxCoder, Matcher
from torchvision.ops import batched_nms, box_iou
from torchvision.transforms import functional

folder, rounds = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(2)


def load(name, dtype, *shape):
    return torch.from_numpy(numpy.fromfile(f"{folder}/{name}.bin", dtype).reshape(*shape))


def timed(what, work, check):
    times = []
    for _ in range(2 * rounds):
        started = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - started)
    print(f"{what} {1e3 * statistics.median(times[rounds:]):.3f} ms, check {check(result)}")


anchors, truths = load("anchors", "float32", -1, 4), load("truths", "float32", -1, 4)
matcher, coder = Matcher(0.5, 0.4, allow_low_quality_matches=True), BoxCoder((1.0, 1.0, 1.0, 1.0))


def match():
    matches = matcher(box_iou(truths, anchors))
    coder.encode_single(truths[matches.clamp(min=0)], anchors)
    return matches


boxes, scores = load("boxes", "float32", -1, 4), load("scores", "float32", -1)
classes = load("classes", "int64", -1)


def pictures():
    files = [open(name, "rb").read() for name in sorted(glob.glob(f"{sys.argv[3]}/*.jpg"))[:64]]
    times = []
    for _ in range(rounds + 1):
        started = time.perf_counter()
        for file in files:
            image = Image.open(io.BytesIO(file)).convert("RGB")
            scale = min(640 / image.width, 640 / image.height)
            size = round(image.width * scale), round(image.height * scale)
            canvas = Image.new("RGB", (640, 640), (114, 114, 114))
            canvas.paste(image.resize(size, Image.BILINEAR), ((640 - size[0]) // 2, (640 - size[1]) // 2))
            functional.hflip(canvas).tobytes()
        times.append(time.perf_counter() - started)
    print(f"pictures {len(files) / statistics.median(times[1:]):.0f} a second")


timed("match and encode", match, lambda matches: int(matches.sum()) + int((matches >= 0).sum()))
timed("suppress", lambda: batched_nms(boxes, scores, classes, 0.5),
      lambda kept: int((kept * (torch.arange(len(kept)) % 7)).sum()))
if len(sys.argv) > 3:
    pictures()
