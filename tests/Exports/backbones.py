"""Classification backbones of torchvision at tiny widths, returning feature maps."""
from functools import partial

from torch import nn
from torchvision.models import convnext, mobilenetv2, mobilenetv3, regnet, resnet
from torchvision.models.swin_transformer import SwinTransformer


class Maps(nn.Module):
    """The stages of a backbone, one map after each."""

    def __init__(self, *stages):
        super().__init__()
        self.stages = nn.ModuleList(stages)

    def forward(self, x):
        maps = []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        return tuple(maps)


def down(channels_in, channels_out, stride):
    return nn.Sequential(nn.Conv2d(channels_in, channels_out, 1, stride, bias=False), nn.BatchNorm2d(channels_out))


def resnet_stem(width=8):
    return nn.Sequential(nn.Conv2d(3, width, 7, 2, 3, bias=False), nn.BatchNorm2d(width), nn.ReLU(inplace=True),
                         nn.MaxPool2d(3, 2, 1))


def resnet_basic():
    return Maps(resnet_stem(),
                resnet.BasicBlock(8, 12, 2, down(8, 12, 2)), resnet.BasicBlock(12, 16, 2, down(12, 16, 2)))


def resnet_bottleneck():
    return Maps(resnet_stem(), resnet.Bottleneck(8, 4, 1, down(8, 16, 1)),
                resnet.Bottleneck(16, 4, 2, down(16, 16, 2), groups=2, base_width=64))


def mobilenet_v2():
    net = mobilenetv2.MobileNetV2(num_classes=3, inverted_residual_setting=[[1, 8, 1, 1], [6, 8, 2, 2]])
    return nn.Sequential(net.features[:-1])


def mobilenet_v3():
    conf = mobilenetv3.InvertedResidualConfig
    settings = [conf(16, 3, 16, 16, True, "RE", 2, 1, 0.5), conf(16, 5, 24, 16, True, "HS", 2, 1, 0.5),
                conf(16, 5, 24, 16, True, "HS", 1, 2, 0.5)]
    net = mobilenetv3.MobileNetV3(settings, last_channel=16, num_classes=3)
    return net


def regnet_y():
    params = regnet.BlockParams(depths=[1, 1], widths=[8, 16], group_widths=[4, 8], bottleneck_multipliers=[1.0, 1.0],
                                strides=[2, 2], se_ratio=0.25)
    return regnet.RegNet(params, num_classes=3, stem_width=8, norm_layer=partial(nn.BatchNorm2d, momentum=0.1))


def convnext_tiny():
    conf = convnext.CNBlockConfig
    return convnext.ConvNeXt([conf(8, 16, 1), conf(16, None, 1)], layer_scale=0.5, num_classes=3)


def swin():
    return SwinTransformer(patch_size=[4, 4], embed_dim=8, depths=[2, 1], num_heads=[2, 2], window_size=[2, 2],
                           mlp_ratio=2.0, num_classes=3)
