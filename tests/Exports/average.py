"""Steps of a small net with clipped gradients and a moving average of its weights, by PyTorch in float64.

Writes into tests/References/average: the exported net, and for each run the weights and their average after each step.
The average is torch.optim.swa_utils.AveragedModel's; its rule is YOLOv5's, decay (1 - e^(-t / ramp)). Needs torch 1.13.
"""
import json
import math
import pathlib

import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel

OUT = pathlib.Path(__file__).resolve().parent.parent / "References" / "average"
STEPS = 6
RUNS = [
    {"name": "sgd", "clip": 0.5, "decay": 0.9, "ramp": 3, "rate": 0.05},
    {"name": "sgd", "clip": None, "decay": 0.75, "ramp": 0, "rate": 0.05},
    {"name": "adamw", "clip": 0.5, "decay": 0.9998, "ramp": 2000, "rate": 0.01},
    {"name": "adamw", "clip": 0.5, "decay": 0.9998, "ramp": 1.5, "rate": 0.01},
]


def net():
    torch.manual_seed(5)
    return nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 2, 1))


def optimizer(run, parameters):
    if run["name"] == "sgd":
        return torch.optim.SGD(parameters, run["rate"], momentum=0.9, weight_decay=1e-4)
    return torch.optim.AdamW(parameters, run["rate"], weight_decay=1e-2)


def flat(module):
    return torch.cat([p.detach().reshape(-1) for p in module.parameters()]).tolist()


def steps(run, x, y):
    model = net().double()
    number = 0

    def rule(average, weight, _):
        ramp = 1 - math.exp(-number / run["ramp"]) if run["ramp"] else 1
        return average + (1 - run["decay"] * ramp) * (weight - average)

    average = AveragedModel(model, avg_fn=rule)
    average.update_parameters(model)   # the first call copies
    update = optimizer(run, model.parameters())
    weights, averages = [], []
    for number in range(1, STEPS + 1):
        loss = ((model(x) - y) ** 2).mean()
        update.zero_grad()
        loss.backward()
        if run["clip"]:
            nn.utils.clip_grad_norm_(model.parameters(), run["clip"])
        update.step()
        average.update_parameters(model)
        weights.append(flat(model))
        averages.append(flat(average))
    return {**run, "weights": weights, "averages": averages}


def main():
    OUT.mkdir(exist_ok=True)
    random = torch.Generator().manual_seed(3)
    x, y = (torch.randint(-64, 65, (2, n, 8, 8), generator=random) / 32.0 for n in (3, 2))
    model = net()
    torch.onnx.export(model, x, str(OUT / "net.onnx"), opset_version=16, input_names=["x"], output_names=["y"])
    layout = [[name, list(p.shape)] for name, p in model.named_parameters()]
    data = {"layout": layout, "x": x.reshape(-1).tolist(), "y": y.reshape(-1).tolist(),
            "runs": [steps(run, x.double(), y.double()) for run in RUNS]}
    (OUT / "steps.json").write_text(json.dumps(data))


if __name__ == "__main__":
    main()
