"""The backbone of the small files: maps of strides 8, 16 and 32, or of others."""
import math

import torch
from torch import nn

CLASSES = 5


class Backbone(nn.Module):
    def __init__(self, levels=3, first=8, channels=8, activation=nn.SiLU):
        super().__init__()

        def stage(a, b):
            return nn.Sequential(nn.Conv2d(a, b, 3, 2, 1), activation())

        self.stem = nn.Sequential(*[stage(3 if i == 0 else 8, 8) for i in range(int(math.log2(first)) - 1)])
        self.stages = nn.ModuleList(stage(8 if i == 0 else channels, channels) for i in range(levels))

    def forward(self, x):
        x, maps = self.stem(x), []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        return maps


def grid(width, height, offset=0.0):
    """Columns and rows of cells, [height, width, 2]."""
    y, x = torch.meshgrid(torch.arange(height) + offset, torch.arange(width) + offset, indexing="ij")
    return torch.stack((x, y), -1).float()


def points(maps, strides, offset=0.5):
    """The points of all cells and their strides, [N, 2] and [N, 1]."""
    at = torch.cat([grid(m.shape[3], m.shape[2], offset).view(-1, 2) for m in maps])
    return at, torch.cat([torch.full((m.shape[2] * m.shape[3], 1), float(s)) for m, s in zip(maps, strides)])
