"""Small detectors with random weights, one for each kind of head, and what a first training step makes of them.

Writes into tests/References/heads: pictures and truths in COCO's format, and for each head the exported file, the loss
terms and the gradient of each parameter in float64 (stored as float32), computed by torchvision where it has the head,
else by the formulas of the papers. Needs torch 1.13, torchvision 0.14 and Pillow.
"""
import json
import pathlib

import numpy
import torch
from PIL import Image
from torch import nn

OUT = pathlib.Path(__file__).resolve().parent.parent / "References" / "heads"
SIZE, CLASSES = 64, ["box", "disc", "bar"]
MEAN, STD = (127.0, 127.0, 127.0), (128.0, 128.0, 128.0)


def pictures():
    """Four pictures; the last one has no object."""
    random = numpy.random.RandomState(7)
    images, truths = [], []
    for i in range(4):
        pixels = random.randint(90, 150, (SIZE, SIZE, 3))
        boxes, labels = [], []
        for k in range((2, 3, 1, 0)[i]):
            w, h = random.randint(10, 44, 2)
            x, y = random.randint(0, SIZE - w), random.randint(0, SIZE - h)
            label = int(random.randint(0, len(CLASSES)))
            color = [40, 40, 40]
            color[label] = 230
            pixels[y:y + h, x:x + w] = color
            boxes.append([int(n) for n in (x, y, x + w, y + h)])
            labels.append(label)
        images.append(pixels.astype(numpy.uint8))
        truths.append((boxes, labels))
    return images, truths


def write_pictures(images, truths):
    coco = {"images": [], "annotations": [], "categories": [{"id": i, "name": n} for i, n in enumerate(CLASSES)]}
    for i, (pixels, (boxes, labels)) in enumerate(zip(images, truths)):
        Image.fromarray(pixels).save(OUT / f"{i}.png", optimize=True)
        coco["images"].append({"id": i, "file_name": f"{i}.png", "width": SIZE, "height": SIZE})
        for (x0, y0, x1, y1), label in zip(boxes, labels):
            coco["annotations"].append({
                "id": len(coco["annotations"]) + 1, "image_id": i, "category_id": label, "iscrowd": 0,
                "bbox": [x0, y0, x1 - x0, y1 - y0], "area": (x1 - x0) * (y1 - y0)})
    (OUT / "truths.json").write_text(json.dumps(coco, indent=1))


def batch(images):
    x = numpy.stack(images).astype(numpy.float64).transpose(0, 3, 1, 2)
    return (torch.from_numpy(x) - torch.tensor(MEAN).view(1, 3, 1, 1)) / torch.tensor(STD).view(1, 3, 1, 1)


def targets(truths):
    return [{"boxes": torch.tensor(b, dtype=torch.float64).reshape(-1, 4), "labels": torch.tensor(l, dtype=torch.int64)}
            for b, l in truths]


class Backbone(nn.Module):
    """Feature maps of strides 8, 16 and 32. Activations are smooth, so that gradients compare well."""

    def __init__(self, channels=16, levels=3):
        super().__init__()
        widths = [3, 8, 12] + [channels] * levels
        self.stages = nn.ModuleList(nn.Conv2d(a, b, 3, 2, 1) for a, b in zip(widths, widths[1:]))
        self.out_channels = channels

    def forward(self, x):
        maps = []
        for i, stage in enumerate(self.stages):
            x = nn.functional.silu(stage(x))
            if i >= 2:
                maps.append(x)
        return maps


def scramble(module, seed, deviation=1.0):
    """Weights that no exporter takes for equal ones, of a size that keeps activations alive."""
    torch.manual_seed(seed)
    with torch.no_grad():
        for parameter in module.parameters():
            fan = parameter[0].numel() if parameter.dim() > 1 else 10
            parameter.copy_(torch.randn_like(parameter) * deviation / fan ** 0.5)


def write(name, module, images, outputs, terms, opset=13, detections=None, **more):
    """Exports the float32 module; differentiates the terms of its float64 twin."""
    module = module.double()
    parameters = dict(module.named_parameters())
    loss = sum(terms.values())
    gradients = torch.autograd.grad(loss, list(parameters.values()), allow_unused=True)
    expected = {
        "terms": {key: float(value) for key, value in terms.items()},
        "parameters": [[key, value.numel()] for key, value in parameters.items()], **more}
    if detections is not None:
        expected["detections"] = detections
    (OUT / f"{name}.json").write_text(json.dumps(expected, indent=1))
    flat = [numpy.zeros(p.numel()) if g is None else g.numpy().ravel() for p, g in zip(parameters.values(), gradients)]
    numpy.concatenate(flat).astype("<f4").tofile(OUT / f"{name}.gradients.bin")
    module = module.float().eval()
    torch.onnx.export(module, torch.zeros(1, 3, SIZE, SIZE), str(OUT / f"{name}.onnx"), opset_version=opset,
                      input_names=["images"], output_names=outputs,
                      dynamic_axes={key: {0: "batch"} for key in ["images"] + outputs})
    print(name, expected["terms"], (OUT / f"{name}.onnx").stat().st_size)


def anchors_of(generator, maps):
    from torchvision.models.detection.image_list import ImageList
    x = torch.zeros(1, 3, SIZE, SIZE)
    return generator(ImageList(x, [(SIZE, SIZE)]), maps)[0].double()


def fcos(images, truths):
    from torchvision.models.detection.anchor_utils import AnchorGenerator
    from torchvision.models.detection.fcos import FCOS, FCOSClassificationHead, FCOSHead, FCOSRegressionHead

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.backbone = Backbone()
            self.head = FCOSHead(32, 1, len(CLASSES), num_convs=1)

            def bare(_):
                return nn.Identity()   # torchvision's group normalisation wants 32 channels

            self.head.classification_head = FCOSClassificationHead(16, 1, len(CLASSES), 1, norm_layer=bare)
            self.head.regression_head = FCOSRegressionHead(16, 1, 1, norm_layer=bare)
            for branch in (self.head.classification_head, self.head.regression_head):
                branch.conv[2] = nn.SiLU()

        def forward(self, x):
            out = self.head(self.backbone(x))
            return out["cls_logits"], out["bbox_regression"], out["bbox_ctrness"]

    net = Net()
    scramble(net, 1)
    with torch.no_grad():
        net.head.regression_head.bbox_reg.bias.add_(1.5)
    net = net.double()
    sizes = AnchorGenerator(((8,), (16,), (32,)), ((1.0,),) * 3)
    whole = FCOS(net.backbone, len(CLASSES), anchor_generator=sizes, head=net.head, score_thresh=0.5).double()
    maps = net.backbone(batch(images))
    counts = [m.shape[2] * m.shape[3] for m in maps]
    logits, boxes, centerness = net(batch(images))
    anchors = anchors_of(sizes, maps)
    out = {"cls_logits": logits, "bbox_regression": boxes, "bbox_ctrness": centerness}
    losses = whole.compute_loss(targets(truths), out, [anchors] * len(images), counts)
    split = {key: list(value.split(counts, 1)) for key, value in out.items()}
    found = whole.postprocess_detections(split, [list(anchors.split(counts))] * len(images), [(SIZE, SIZE)] * len(images))
    detections = [{key: d[key].tolist() for key in ("boxes", "scores", "labels")} for d in found]
    terms = {"classification": losses["classification"], "box": losses["bbox_regression"],
             "centerness": losses["bbox_ctrness"]}
    write("fcos", net, images, ["cls_logits", "bbox_regression", "bbox_ctrness"], terms, detections=detections)


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    images, truths = pictures()
    write_pictures(images, truths)
    fcos(images, truths)
