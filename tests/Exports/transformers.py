"""Transformer detectors at tiny widths."""
import torch
from torch import nn
from torch.nn import functional as F


class Encoder(nn.Module):
    """Layer of DETR: positions are added to queries and keys only."""

    def __init__(self, width):
        super().__init__()
        self.attention = nn.MultiheadAttention(width, 2)
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.linear1, self.linear2 = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)

    def forward(self, x, position):
        q = x + position
        x = self.norm1(x + self.attention(q, q, x)[0])
        return self.norm2(x + self.linear2(F.gelu(self.linear1(x))))


class Decoder(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.cross = nn.MultiheadAttention(width, 2)
        self.norm = nn.LayerNorm(width)

    def forward(self, x, memory, queries):
        return self.norm(x + self.cross(x + queries, memory, memory)[0])


class Detr(nn.Module):
    """Set prediction: convolutional stem, encoder, decoder with learned queries, class and box heads, masks by einsum."""

    def __init__(self, width=8, queries=5):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, width, 8, 8), nn.GroupNorm(2, width))
        self.rows, self.columns = nn.Parameter(torch.rand(4, width // 2)), nn.Parameter(torch.rand(4, width // 2))
        self.encoder, self.decoder = Encoder(width), Decoder(width)
        self.queries = nn.Embedding(queries, width)
        self.classes = nn.Linear(width, 4)
        self.boxes = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 4))
        self.masks = nn.Linear(width, width)

    def forward(self, x):
        maps = self.stem(x)
        h, w = maps.shape[-2:]
        position = torch.cat([self.columns[:w].unsqueeze(0).repeat(h, 1, 1), self.rows[:h].unsqueeze(1).repeat(1, w, 1)],
                             -1).flatten(0, 1).unsqueeze(1)
        memory = self.encoder(maps.flatten(2).permute(2, 0, 1), position)
        queries = self.queries.weight.unsqueeze(1).repeat(1, x.shape[0], 1)
        out = self.decoder(torch.zeros_like(queries), memory, queries).transpose(0, 1)
        masks = torch.einsum("bqc,bchw->bqhw", self.masks(out), maps)
        return self.classes(out), self.boxes(out).sigmoid(), masks


class DeformableAttention(nn.Module):
    """Deformable DETR's sampling: learned offsets, bilinear grid sample, weighted sum."""

    def __init__(self, width=6):
        super().__init__()
        self.stem = nn.Conv2d(3, width, 4, 4)
        self.offsets, self.weights = nn.Conv2d(width, 8, 1), nn.Conv2d(width, 4, 1)
        self.out = nn.Conv2d(width, 5, 1)
        at = torch.linspace(-0.9, 0.9, 8)
        self.register_buffer("reference", torch.stack([at.view(1, 8).expand(8, 8), at.view(8, 1).expand(8, 8)], -1))

    def forward(self, x):
        maps = self.stem(x)
        n, c, h, w = maps.shape
        offsets = self.offsets(maps).tanh().view(n, 4, 2, h, w).permute(0, 1, 3, 4, 2)
        weights = self.weights(maps).softmax(1)
        total = 0
        for i in range(4):
            grid = self.reference + 0.3 * offsets[:, i]
            total = total + weights[:, i:i + 1] * F.grid_sample(maps, grid, align_corners=False)
        return self.out(total)


class Oddities(nn.Module):
    """Operators of less common heads: norms over channels, shifted and reflected maps, scatter, running sums."""

    def __init__(self):
        super().__init__()
        self.conv, self.instance = nn.Conv2d(3, 4, 3), nn.InstanceNorm2d(4, affine=True)
        self.up = nn.ConvTranspose2d(4, 4, 3, 2, 1, output_padding=1)
        self.prelu, self.linear = nn.PReLU(4), nn.Linear(12, 6)

    def forward(self, x):
        x = self.instance(self.conv(F.pad(x, [1, 1, 1, 1], mode="reflect")))
        x = self.prelu(self.up(F.avg_pool2d(x, 2, 2, ceil_mode=True)))
        x = F.pad(x, [2, 1, 0, 1], mode="replicate")
        x = F.pixel_shuffle(F.hardswish(x), 2) + F.leaky_relu(x[:, :1, :1, :1], 0.2)
        flat = x.flatten(2)[:, 0, :24].reshape(-1, 12)
        y = self.linear(flat) * torch.tril(torch.ones(flat.shape[0], 6, dtype=x.dtype))
        best, place = y.topk(2, 1)
        y = y.scatter(1, place, best * 2) + F.elu(y).cumsum(1) + F.logsigmoid(y) * torch.remainder(y, 0.7)
        norms = torch.stack([y.norm(2, 1), torch.logsumexp(y, 1), y.abs().max(1)[0], y.std(1), y.prod(1)], 1)
        return y, norms, torch.where(norms > 0, torch.log1p(norms.abs()), norms.exp()), F.mish(y) * F.softplus(y)
