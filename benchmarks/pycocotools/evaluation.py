"""Times pycocotools on the data set that benchmarks/Evaluation writes: evaluation.py FOLDER ROUNDS."""
import resource
import sys
import time

from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

folder, rounds = sys.argv[1], int(sys.argv[2])
started = time.time()
truths = COCO(f"{folder}/annotations.json")
detections = truths.loadRes(f"{folder}/results.json")
print(f"load {time.time() - started:.2f} s")
for _ in range(rounds):
    started = time.time()
    run = COCOeval(truths, detections, "bbox")
    run.evaluate()
    run.accumulate()
    seconds = time.time() - started
    run.summarize()
    print(f"evaluate {seconds:.2f} s, AP {run.stats[0]:.12f}, AR {run.stats[8]:.12f}")
print(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:.0f} MB")
