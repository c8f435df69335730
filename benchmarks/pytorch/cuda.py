"""What benchmarks/Cuda measures of .NET, in PyTorch, on the same GPU: training steps of whole networks, the focal loss
beside a copy, and weight gradients of convolutions (cuDNN's). Writes Markdown tables.

    cuda.py --output pytorch.md --models FOLDER [--device cpu --small]

Steps run as they are (eager), with channels last, and compiled (torch.compile) where PyTorch has it; at float32, TF32 and
in automatic mixed precision.
"""
import argparse
import csv
import pathlib
import resource
import statistics
import time

import torch
from torchvision.ops import sigmoid_focal_loss

from networks import SIZES, build

SHAPES = pathlib.Path(__file__).parent.parent / "Cuda" / "shapes.csv"


class Kit:
    def __init__(self, options):
        self.device, self.small, self.models = torch.device(options.device), options.small, options.models
        self.cuda = self.device.type == "cuda"
        self.output = open(options.output, "w")
        if self.cuda:
            torch.zeros(1, device=self.device)

    def line(self, text=""):
        print(text, flush=True)
        print(text, file=self.output, flush=True)

    def row(self, *cells):
        self.line("| " + " | ".join(str(cell) for cell in cells) + " |")

    def columns(self, *names):
        self.row(*names)
        self.row(*["---"] * len(names))

    def wait(self):
        if self.cuda:
            torch.cuda.synchronize()

    def median(self, action):
        """Milliseconds, behind five times that are not counted."""
        for _ in range(5):
            action()
        times = []
        for _ in range(5 if self.small else 30):
            self.wait()
            start = time.perf_counter()
            action()
            self.wait()
            times.append(1e3 * (time.perf_counter() - start))
        return statistics.median(times)

    def used(self):
        """Megabytes in use: of the GPU, by all; else of main memory by this process."""
        if not self.cuda:
            return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize() / 1e6
        free, total = torch.cuda.mem_get_info()
        return (total - free) / 1e6


def full_float32():
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False


def training_step(kit, name, batch, size, last, compiled, mixed):
    net, loss = build(name, str(kit.models / "ultraface.onnx"))
    net = net.to(kit.device)
    net = net.to(memory_format=torch.channels_last) if last else net
    for parameter in net.parameters():
        parameter.requires_grad_(True)
    optimizer = (torch.optim.AdamW(net.parameters(), lr=1e-5, weight_decay=1e-4) if name == "ultraface"
                 else torch.optim.SGD(net.parameters(), lr=1e-5, momentum=0.9, weight_decay=1e-4))
    images = (torch.rand(batch, 3, *size) * 2 - 1).pin_memory() if kit.cuda else torch.rand(batch, 3, *size) * 2 - 1
    with torch.no_grad():
        anchors = net(images[:1].to(kit.device))[0].shape[1]
    labels = torch.where(torch.rand(batch, anchors) < 0.004, 0, -1).to(kit.device)
    boxes = (torch.rand(batch, anchors, 4) * 2 - 1).to(kit.device)
    scaler = torch.cuda.amp.GradScaler() if mixed is torch.float16 else None

    def whole(pictures):
        return loss(*net(pictures), labels, boxes)

    run = torch.compile(whole) if compiled else whole

    def step():
        pictures = images.to(kit.device, non_blocking=True)
        pictures = pictures.contiguous(memory_format=torch.channels_last) if last else pictures
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast(kit.device.type, mixed or torch.bfloat16, enabled=mixed is not None):
            value = run(pictures)
        if scaler is None:
            value.backward()
            optimizer.step()
        else:
            scaler.scale(value).backward()
            scaler.step(optimizer)
            scaler.update()

    return step


def steps(kit):
    kit.line("## PyTorch: training steps\n")
    kit.columns("network", "batch", "precision", "form", "step, ms", "first step, s", "memory, MB")
    precisions = [("float32", False, None)]
    if kit.cuda:
        precisions += [("TF32", True, None), ("float16", True, torch.float16), ("bfloat16", True, torch.bfloat16)]
    forms = [("eager", False, False), ("channels last", True, False)]
    if hasattr(torch, "compile"):
        forms += [("compiled", False, True), ("compiled, channels last", True, True)]
    for name in ("retinanet", "ssdlite", "ultraface"):
        size = SIZES[name] if name != "retinanet" else (128, 128) if kit.small else (512, 512)
        batch = 2 if kit.small else 16 if name == "retinanet" else 64
        for precision, tf32, mixed in precisions:
            for form, last, compiled in forms:
                torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = tf32
                torch.backends.cudnn.benchmark = True
                torch.manual_seed(1)
                try:
                    before = kit.used()
                    step = training_step(kit, name, batch, size, last, compiled, mixed)
                    start = time.perf_counter()
                    step()
                    kit.wait()
                    first = time.perf_counter() - start
                    median = kit.median(step)
                    kit.row(name, batch, precision, form, f"{median:.2f}", f"{first:.1f}", f"{kit.used() - before:.0f}")
                except Exception as error:  # one form that fails must not end the run
                    kit.row(name, batch, precision, form, "-", "-", f"{type(error).__name__}: {error}".split("\n")[0][:120])
                step = None
                if hasattr(torch, "_dynamo"):
                    torch._dynamo.reset()
                if kit.cuda:
                    torch.cuda.empty_cache()
    kit.line()


def focal(kit):
    kit.line("## PyTorch: focal loss beside a copy\n")
    source = torch.zeros(1 << (22 if kit.small else 27), device=kit.device)
    target = torch.empty_like(source)
    copy = 2 * 4 * source.numel() / kit.median(lambda: target.copy_(source)) / 1e6
    size = (2, 3069, 20) if kit.small else (16, 76725, 80)
    x = torch.randn(*size, device=kit.device, requires_grad=True)
    label = torch.randint(0, 1000, size[:2], device=kit.device)
    t = ((label < 4)[..., None] & (torch.arange(size[2], device=kit.device) == label[..., None] % size[2])).float()
    kit.columns("what", "time, ms", "GB/s", "part of a copy")
    kit.row("copy", "", f"{copy:.0f}", "1.00")
    forms = [("eager", sigmoid_focal_loss)]
    if hasattr(torch, "compile"):
        forms.append(("compiled", torch.compile(sigmoid_focal_loss)))
    for form, loss in forms:
        def both():
            x.grad = None
            loss(x, t, reduction="sum").backward()
        median = kit.median(both)
        # Each input read once, the gradient written once: its targets are floats, one for each logit.
        rate = 3 * 4 * x.numel() / median / 1e6
        kit.row(f"focal loss and gradient, {list(size)}, {form}", f"{median:.3f}", f"{rate:.0f}", f"{rate / copy:.2f}")
    kit.line()


def weight_gradients(kit):
    kit.line("## PyTorch: weight gradients of convolutions\n")
    kit.columns("shape", "contiguous, ms", "channels last, ms")
    full_float32()
    for row in csv.DictReader(open(SHAPES)):
        n, c, h, w, k, size, stride, pad = (int(row[name]) for name in (
            "images", "channels", "height", "width", "kernels", "size", "stride", "pad"))
        n, h, w = (2, h // 8, w // 8) if kit.small else (n, h, w)
        x = torch.randn(n, c, h, w, device=kit.device)
        dy = torch.randn(n, k, (h + 2 * pad - size) // stride + 1, (w + 2 * pad - size) // stride + 1, device=kit.device)
        times = []
        for layout in (torch.contiguous_format, torch.channels_last):
            a, b = x.contiguous(memory_format=layout), dy.contiguous(memory_format=layout)
            times.append(kit.median(lambda: torch.nn.grad.conv2d_weight(a, (k, c, size, size), b, stride, pad)))
        kit.row(row["name"], *(f"{ms:.3f}" for ms in times))
    kit.line()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda:0")
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--models", type=pathlib.Path, required=True, help="folder with ultraface.onnx")
    parser.add_argument("--output", required=True)
    kit = Kit(parser.parse_args())
    device = torch.cuda.get_device_name(kit.device) if kit.cuda else "cpu"
    kit.line(f"# PyTorch {torch.__version__}, {device}{', small sizes' if kit.small else ''}\n")
    for part in (weight_gradients, focal, steps):
        try:
            part(kit)
        except Exception as error:
            kit.line(f"Failed: {type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
