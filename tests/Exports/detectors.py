"""Convolutional detectors at tiny widths: raw heads, as fine-tuning cuts them."""
import torch
from torch import nn
from torch.nn import functional as F
from torchvision.models.detection import fcos, faster_rcnn, retinanet, rpn, ssd
from torchvision.models.detection.ssdlite import SSDLiteHead
from torchvision.ops import FeaturePyramidNetwork
from torchvision.ops.feature_pyramid_network import LastLevelP6P7
from torchvision.ops.misc import Conv2dNormActivation

import backbones


def two(head):
    """The two maps of scores and boxes of a torchvision head."""
    return head["cls_logits"], head["bbox_regression"]


class SsdVgg(nn.Module):
    """ssd300_vgg16: convolutions without normalisation, pools in ceil mode, L2 norm of the first map, dilated fc6."""

    def __init__(self):
        super().__init__()
        self.low = nn.Sequential(nn.Conv2d(3, 6, 3, padding=1), nn.ReLU(inplace=True), nn.MaxPool2d(2, 2),
                                 nn.Conv2d(6, 8, 3, padding=1), nn.ReLU(inplace=True),
                                 nn.MaxPool2d(2, 2, ceil_mode=True),
                                 nn.Conv2d(8, 8, 3, padding=1), nn.ReLU(inplace=True))
        self.scale_weight = nn.Parameter(torch.ones(8) * 20)
        self.high = nn.Sequential(nn.MaxPool2d(3, 1, 1), nn.Conv2d(8, 12, 3, padding=6, dilation=6),
                                  nn.ReLU(inplace=True), nn.Conv2d(12, 12, 1), nn.ReLU(inplace=True))
        self.extra = nn.Sequential(nn.Conv2d(12, 6, 1), nn.ReLU(inplace=True), nn.Conv2d(6, 10, 3, 2, 1),
                                   nn.ReLU(inplace=True), nn.Conv2d(10, 10, 3))
        self.head = ssd.SSDHead([8, 12, 10], [2, 3, 2], 4)

    def forward(self, x):
        low = self.low(x)
        high = self.high(low)
        maps = [self.scale_weight.view(1, -1, 1, 1) * F.normalize(low), high, self.extra(high)]
        return two(self.head(maps))


class SsdLite(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = backbones.mobilenet_v3().features
        self.extra = nn.Sequential(Conv2dNormActivation(48, 12, 1, activation_layer=nn.ReLU6),
                                   Conv2dNormActivation(12, 12, 3, 2, groups=12, activation_layer=nn.ReLU6))
        self.head = SSDLiteHead([48, 12], [2, 2], 3, nn.BatchNorm2d)

    def forward(self, x):
        first = self.backbone(x)
        return two(self.head([first, self.extra(first)]))


class RetinaNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = backbones.resnet_basic()
        self.fpn = FeaturePyramidNetwork([12, 16], 8, extra_blocks=LastLevelP6P7(8, 8))
        self.head = retinanet.RetinaNetHead(8, 2, 3)

    def forward(self, x):
        _, c3, c4 = self.body(x)
        maps = self.fpn({"0": c3, "1": c4})
        return two(self.head(list(maps.values())))


class Fcos(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 32, 4, 4), nn.ReLU())
        self.down = nn.Conv2d(32, 32, 2, 2, groups=8)
        self.head = fcos.FCOSHead(32, 1, 3, num_convs=1)

    def forward(self, x):
        first = self.stem(x)
        out = self.head([first, self.down(first)])
        return out["cls_logits"], out["bbox_regression"], out["bbox_ctrness"]


class FasterRcnn(nn.Module):
    """The dense parts: backbone, pyramid and RPN head; the box head on the pooled features."""

    def __init__(self):
        super().__init__()
        self.body = backbones.resnet_bottleneck()
        self.fpn = FeaturePyramidNetwork([16, 16], 8)
        self.rpn = rpn.RPNHead(8, 3)
        self.box_head = faster_rcnn.TwoMLPHead(8 * 9, 16)
        self.predictor = faster_rcnn.FastRCNNPredictor(16, 4)

    def forward(self, x):
        _, c2, c3 = self.body(x)
        maps = list(self.fpn({"0": c2, "1": c3}).values())
        objectness, deltas = self.rpn(maps)
        flat = [t.permute(0, 2, 3, 1).flatten(1) for t in objectness + deltas]
        pooled = F.adaptive_avg_pool2d(maps[1][:, :, :3, :3], 3)
        scores, boxes = self.predictor(self.box_head(pooled))
        return torch.cat(flat, 1), scores, boxes


def silu(channels_in, channels_out, kernel=1, stride=1, groups=1):
    return nn.Sequential(nn.Conv2d(channels_in, channels_out, kernel, stride, kernel // 2, groups=groups, bias=False),
                         nn.BatchNorm2d(channels_out, eps=1e-3), nn.SiLU(inplace=True))


class Yolox(nn.Module):
    """Focus, CSP with SPP, upsampling neck, decoupled heads."""

    def __init__(self):
        super().__init__()
        self.stem = silu(12, 8, 3)
        self.dark = silu(8, 12, 3, 2)
        self.spp = silu(48, 12)
        self.lateral = silu(12, 8)
        self.merge = silu(16, 8)
        self.cls_conv, self.reg_conv = silu(8, 8, 3), silu(8, 8, 3)
        self.cls, self.reg, self.obj = nn.Conv2d(8, 3, 1), nn.Conv2d(8, 4, 1), nn.Conv2d(8, 1, 1)

    def forward(self, x):
        focus = torch.cat([x[..., ::2, ::2], x[..., 1::2, ::2], x[..., ::2, 1::2], x[..., 1::2, 1::2]], 1)
        p2 = self.stem(focus)
        p3 = self.dark(p2)
        p3 = self.spp(torch.cat([p3] + [F.max_pool2d(p3, k, 1, k // 2) for k in (5, 9, 13)], 1))
        up = F.interpolate(self.lateral(p3), scale_factor=2.0, mode="nearest")
        rows = []
        merged = self.merge(torch.cat([up, p2], 1))
        cls, reg = self.cls_conv(merged), self.reg_conv(merged)
        rows.append(torch.cat([self.reg(reg), self.obj(reg).sigmoid(), self.cls(cls).sigmoid()], 1).flatten(2))
        return torch.cat(rows, 2).permute(0, 2, 1)


class YoloV5(nn.Module):
    """C3 block, SPPF, and the decoding of the anchor-based head."""

    def __init__(self):
        super().__init__()
        self.stem = silu(3, 8, 6, 2)
        self.a, self.b, self.m, self.c = silu(8, 4), silu(8, 4), nn.Sequential(silu(4, 4), silu(4, 4, 3)), silu(8, 8)
        self.pool, self.spp = nn.MaxPool2d(5, 1, 2), silu(32, 8)
        self.detect = nn.Conv2d(8, 3 * 8, 1)
        self.register_buffer("anchors", torch.tensor([[10., 13], [16, 30], [33, 23]]).view(1, 3, 1, 1, 2))

    def forward(self, x):
        x = self.stem(x)
        a = self.a(x)
        x = self.c(torch.cat([a + self.m(a), self.b(x)], 1))
        p1 = self.pool(x)
        p2 = self.pool(p1)
        x = self.spp(torch.cat([x, p1, p2, self.pool(p2)], 1))
        n, _, h, w = x.shape
        y = self.detect(x).view(n, 3, 8, h, w).permute(0, 1, 3, 4, 2).contiguous().sigmoid()
        gy, gx = torch.meshgrid(torch.arange(h), torch.arange(w), indexing="ij")
        grid = torch.stack((gx, gy), 2).view(1, 1, h, w, 2).to(y.dtype) - 0.5
        xy, wh, conf = y.split((2, 2, 4), 4)
        xy = (xy * 2 + grid) * 2
        wh = (wh * 2) ** 2 * self.anchors
        return torch.cat((xy, wh, conf), 4).view(n, -1, 8)


class YoloV8(nn.Module):
    """C2f block and the distribution focal head: softmax over bins, then a fixed 1x1 convolution."""

    def __init__(self):
        super().__init__()
        self.stem, self.cv1, self.m, self.cv2 = silu(3, 8, 3, 2), silu(8, 8), silu(4, 4, 3), silu(12, 8)
        self.box, self.cls = nn.Conv2d(8, 4 * 8, 1), nn.Conv2d(8, 3, 1)
        self.register_buffer("bins", torch.arange(8.).view(1, 8, 1, 1))

    def forward(self, x):
        x = self.cv1(self.stem(x))
        parts = list(x.chunk(2, 1))
        parts.append(parts[-1] + self.m(parts[-1]))
        x = self.cv2(torch.cat(parts, 1))
        out = torch.cat([self.box(x), self.cls(x)], 1).flatten(2)
        box, cls = out.split((32, 3), 1)
        n, _, anchors = box.shape
        bins = box.view(n, 4, 8, anchors).transpose(2, 1).softmax(1)
        distances = F.conv2d(bins, self.bins).view(n, 4, anchors)
        left_top, right_bottom = distances.chunk(2, 1)
        return torch.cat([right_bottom - left_top, (left_top + right_bottom) / 2, cls.sigmoid()], 1)


class EfficientDet(nn.Module):
    """MBConv with squeeze and excitation and 'same' padding; one BiFPN node with its weights; separable head."""

    def __init__(self):
        super().__init__()
        self.stem, self.expand = silu(3, 8, 3, 2), silu(8, 16)
        self.depthwise = nn.Conv2d(16, 16, 3, 2, groups=16, bias=False)
        self.reduce, self.excite = nn.Conv2d(16, 4, 1), nn.Conv2d(4, 16, 1)
        self.project = nn.Conv2d(16, 8, 1)
        self.weights = nn.Parameter(torch.tensor([1.0, 0.5, 0.25]))
        self.separable = nn.Sequential(nn.Conv2d(8, 8, 3, 1, 1, groups=8), nn.Conv2d(8, 12, 1))

    def forward(self, x):
        p1 = self.stem(x)
        p2 = F.silu(self.depthwise(F.pad(self.expand(p1), [0, 1, 0, 1])))
        p2 = p2 * torch.sigmoid(self.excite(F.silu(self.reduce(F.adaptive_avg_pool2d(p2, 1)))))
        p2 = self.project(p2)
        p3 = F.max_pool2d(F.pad(p2, [0, 1, 0, 1], value=-1e3), 3, 2)
        size = p2.shape[-2:]
        w = F.relu(self.weights)
        w = w / (w.sum() + 1e-4)
        merged = w[0] * p2 + w[1] * F.interpolate(p3, size=size, mode="nearest") \
            + w[2] * F.interpolate(p1, size=size, mode="bilinear", align_corners=False)
        return self.separable(F.silu(merged)).permute(0, 2, 3, 1).reshape(x.shape[0], -1, 4)
