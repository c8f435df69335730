"""Exports tiny detectors with random weights, and their gradients by PyTorch in float64.

Usage: python3 export.py FOLDER      (made with PyTorch 1.13, torchvision 0.14)

For each net: NAME_OPSET.onnx for some opsets, and NAME.json with sum(y u) and, for the input and every parameter g,
the norm of its gradient and sum(g u). Inputs x and weights u of the sums are the sequence of `numbers`.
"""
import json
import pathlib
import sys

import onnx
import torch

import backbones
import detectors
import transformers

# name: net, side of the picture, opsets; "plain" keeps every parameter as it is named in PyTorch.
NETS = {
    "resnet": (backbones.resnet_basic, 32, (9, 13)),
    "mobilenet_v2": (backbones.mobilenet_v2, 32, (11,)),
    "mobilenet_v3": (backbones.mobilenet_v3, 32, (9, 16)),
    "regnet": (backbones.regnet_y, 32, (13,)),
    "convnext": (backbones.convnext_tiny, 32, (11, 17)),
    "swin": (backbones.swin, 16, (11, 16)),
    "ssd_vgg": (detectors.SsdVgg, 36, (9, 11, 16)),
    "ssdlite": (detectors.SsdLite, 32, (11,)),
    "retinanet": (detectors.RetinaNet, 64, (11, 16)),
    "fcos": (detectors.Fcos, 16, (11, 16)),
    "faster_rcnn": (detectors.FasterRcnn, 32, (11, 13)),
    "yolox": (detectors.Yolox, 32, (11, 16)),
    "yolov5": (detectors.YoloV5, 32, (9, 12)),
    "yolov8": (detectors.YoloV8, 32, (13, 17)),
    "efficientdet": (detectors.EfficientDet, 30, (11, 16)),
    "detr": (transformers.Detr, 32, (12, 17)),
    "deformable": (transformers.DeformableAttention, 32, (16,)),
    "oddities": (transformers.Oddities, 16, (14, 17)),
}


def numbers(count, seed):
    """A sequence in [-1, 1) that any language computes exactly: bits 16 to 31 of (i + seed) 2654435761."""
    i = torch.arange(count, dtype=torch.int64) + seed
    return ((i * 2654435761 & 0xFFFFFFFF) >> 16).double() / 32768 - 1


def like(tensor, seed):
    return numbers(tensor.numel(), seed).view(tensor.shape)


def initialize(net):
    """Statistics and scales that are not neutral; the same ones for every opset."""
    for name, buffer in net.named_buffers():
        if name.endswith("running_mean"):
            buffer.uniform_(-0.1, 0.1)
        elif name.endswith("running_var"):
            buffer.uniform_(0.5, 1.5)
    for name, parameter in net.named_parameters():
        with torch.no_grad():
            parameter.add_(torch.randn_like(parameter) * 0.05)


def outputs(y):
    return [y] if torch.is_tensor(y) else list(y)


def gradients(net, shape):
    net = net.double()
    x = numbers(torch.Size(shape).numel(), 0).view(shape).requires_grad_()
    ys = outputs(net(x))
    loss = sum((y * like(y, 7 + k)).sum() for k, y in enumerate(ys))
    named = [("x", x)] + list(net.named_parameters())
    found = torch.autograd.grad(loss, [value for _, value in named], allow_unused=True)
    rows = {name: {"norm": g.norm().item(), "probe": (g * like(g, 3)).sum().item()}
            for (name, _), g in zip(named, found) if g is not None}
    return {"input": list(shape), "loss": loss.item(), "outputs": [list(y.shape) for y in ys], "gradients": rows}


def export(net, shape, path, opset, plain):
    mode = torch.onnx.TrainingMode.PRESERVE if plain else torch.onnx.TrainingMode.EVAL
    x = numbers(torch.Size(shape).numel(), 0).view(shape).float()
    count = len(outputs(net(x)))
    torch.onnx.export(net, x, str(path), opset_version=opset, training=mode, do_constant_folding=not plain,
                      input_names=["x"], output_names=[f"y{k}" for k in range(count)])
    # Names of nodes only take room: they must not matter.
    model = onnx.load(str(path))
    for node in model.graph.node:
        node.ClearField("name")
    onnx.save(model, str(path))


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for place, (name, (make, side, opsets)) in enumerate(NETS.items()):
        torch.manual_seed(100 + place)
        net = make().eval()
        initialize(net)
        shape = (2, 3, side, side)
        # The last opset keeps PyTorch's names and structure, the others are as people export: folded.
        for opset in opsets:
            export(net, shape, folder / f"{name}_{opset}.onnx", opset, plain=opset == opsets[-1])
        (folder / f"{name}.json").write_text(json.dumps(gradients(net, shape), indent=1) + "\n")
        print(name, [(folder / f"{name}_{opset}.onnx").stat().st_size for opset in opsets])


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
