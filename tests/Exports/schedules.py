"""Learning rates of torch.optim.lr_scheduler, for LearningRateScheduleTests: python3 schedules.py ../References/schedules"""
import json
import sys

import torch
from torch.optim import lr_scheduler as torch_schedules

STEPS, PEAK = 40, 0.4


def rates(make):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=PEAK)
    schedule = make(optimizer)
    found = []
    for _ in range(STEPS):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return found


cases = {
    "cosine:0.1": lambda o: torch_schedules.CosineAnnealingLR(o, STEPS, eta_min=0.1 * PEAK),
    "linear:0.01": lambda o: torch_schedules.LinearLR(o, 1.0, 0.01, STEPS),
    "poly:0.9": lambda o: torch_schedules.PolynomialLR(o, STEPS, 0.9),
    "step:0.5,0.75:0.2": lambda o: torch_schedules.MultiStepLR(o, [20, 30], 0.2),
    "onecycle": lambda o: torch_schedules.OneCycleLR(o, PEAK, total_steps=STEPS),
    "constant": lambda o: torch_schedules.ConstantLR(o, 1.0),
}
with open(sys.argv[1] + "/schedules.json", "w") as file:
    json.dump({"torch": torch.__version__, "steps": STEPS, "peak": PEAK,
               "rates": {name: rates(make) for name, make in cases.items()}}, file, indent=1)
