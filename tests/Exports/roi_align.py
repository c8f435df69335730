"""Features of regions and their gradient by torchvision's roi_align in float64.

Writes tests/References/roi_align/roi_align.json. Regions lie inside, across the edges, outside, and have no extent, in one
direction or both. Needs torch 1.13 and torchvision 0.14.
"""
import json
import pathlib

import torch
from torchvision.ops import roi_align

OUT = pathlib.Path(__file__).resolve().parent.parent / "References" / "roi_align"
REGIONS = [
    [0, 4.0, 3.0, 30.0, 25.0], [0, -9.0, -7.0, 14.0, 50.0], [1, 10.3, 5.9, 11.2, 30.7], [1, 0.0, 0.0, 40.0, 36.0],
    [0, 60.0, 50.0, 80.0, 70.0], [1, 8.0, 12.0, 8.0, 12.0], [0, 8.0, 12.0, 20.0, 12.0], [1, 33.0, 30.0, 60.0, 41.5],
    [1, -40.0, -30.0, -12.0, -11.0], [0, 7.25, 6.5, 7.75, 9.0], [0, 5.0, 4.0, 37.0, 35.5], [1, 36.0, 32.0, 44.0, 38.0],
]


def numbers(x):
    return {"shape": list(x.shape), "data": [float(f"{v:.9g}") for v in x.detach().flatten().tolist()]}


def case(name, aligned, samples, size, scale, order):
    torch.manual_seed(3)
    x = torch.randn(2, 3, 9, 10).float().double().requires_grad_()
    regions = torch.tensor(REGIONS, dtype=torch.float64)
    regions = regions[regions[:, 0].argsort(stable=True)] if order else regions
    y = roi_align(x, regions, size, scale, samples, aligned)
    upstream = torch.randn(*y.shape).float().double()
    (y * upstream).sum().backward()
    return {"name": name, "aligned": aligned, "sampling_ratio": samples, "scale": scale, "x": numbers(x),
            "regions": numbers(regions[:, 1:]), "images": [int(i) for i in regions[:, 0]], "y": numbers(y),
            "upstream": numbers(upstream), "gradient": numbers(x.grad)}


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    cases = [case(f"{'aligned' if aligned else 'not aligned'}, ratio {samples}, bins {size}{', in order' if order else ''}",
                  aligned, samples, size, 0.25, order)
             for aligned in (False, True) for samples, size, order in ((0, (3, 2), False), (2, (2, 3), True), (1, (1, 1), False))]
    (OUT / "roi_align.json").write_text(json.dumps({"cases": cases}))
    print(len(cases), (OUT / "roi_align.json").stat().st_size)


if __name__ == "__main__":
    main()
