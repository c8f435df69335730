"""Small detectors with random weights, with the ends that exporters of each family write.

Writes the files of tests/References/families, which the tests of finding heads import, train and save:

    python3 families.py ../References/families

Needs torch 1.13 and torchvision 0.14.
"""
import pathlib
import sys
import warnings

import torch
from torch import nn

import anchor_families
import point_families
import yolo_families

SIDE = 64


def write(folder, name, net, outputs, inputs=("images",), more=(), opset=13, fold=True):
    net = net.eval()
    torch.onnx.export(net, (torch.rand(1, 3, SIDE, SIDE), *more), str(folder / f"{name}.onnx"), opset_version=opset,
                      input_names=list(inputs), output_names=outputs, do_constant_folding=fold)
    print(name, (folder / f"{name}.onnx").stat().st_size)


def main(folder):
    warnings.filterwarnings("ignore")
    folder.mkdir(parents=True, exist_ok=True)
    for module in (yolo_families, point_families, anchor_families):
        for i, (name, make, outputs, options) in enumerate(module.FILES):
            torch.manual_seed(i + 1)
            write(folder, name, make(), outputs, **options)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
