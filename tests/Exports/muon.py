"""Six steps of Muon in float64, written from the papers with nothing but Python: tests/References/muon/muon.json.

Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/: momentum, Nesterov, five iterations of Newton and Schulz
with 3.4445, -4.7750, 2.0315. Liu et al. 2025, https://arxiv.org/abs/2502.16982: steps times 0.2 sqrt(max(rows, columns)),
decoupled weight decay. Vectors take AdamW's step (betas 0.9 and 0.95, eps 1e-8).

    python3 muon.py > ../References/muon/muon.json
"""
import json
import math
import random

SHAPES = [[4, 3, 3, 3], [4], [3, 4], [6, 2], [2]]
RATE, DECAY, MOMENTUM, STEPS = 0.02, 0.1, 0.95, 6


def product(a, b):
    return [[sum(x * y for x, y in zip(row, column)) for column in zip(*b)] for row in a]


def transposed(a):
    return [list(column) for column in zip(*a)]


def orthogonal(a):
    tall = len(a) > len(a[0])
    x = transposed(a) if tall else a
    norm = math.sqrt(sum(v * v for row in x for v in row)) + 1e-7
    x = [[v / norm for v in row] for row in x]
    for _ in range(5):
        gram = product(x, transposed(x))
        square = product(gram, gram)
        factor = [[-4.7750 * g + 2.0315 * s for g, s in zip(rg, rs)] for rg, rs in zip(gram, square)]
        x = [[3.4445 * v + f for v, f in zip(rv, rf)] for rv, rf in zip(x, product(factor, x))]
    return transposed(x) if tall else x


def step(shape, p, g, m, v, t, nesterov):
    p = [x * (1 - RATE * DECAY) for x in p]
    if len(shape) < 2:
        m = [0.9 * a + 0.1 * b for a, b in zip(m, g)]
        v = [0.95 * a + 0.05 * b * b for a, b in zip(v, g)]
        c1, c2 = 1 - 0.9 ** t, 1 - 0.95 ** t
        return [x - RATE * (a / c1) / (math.sqrt(b / c2) + 1e-8) for x, a, b in zip(p, m, v)], m, v
    m = [MOMENTUM * a + (1 - MOMENTUM) * b for a, b in zip(m, g)]
    u = [MOMENTUM * a + (1 - MOMENTUM) * b for a, b in zip(m, g)] if nesterov else m
    columns = len(p) // shape[0]
    o = orthogonal([u[i:i + columns] for i in range(0, len(u), columns)])
    size = 0.2 * math.sqrt(max(shape[0], columns)) * RATE
    return [x - size * d for x, d in zip(p, (d for row in o for d in row))], m, v


def run(nesterov):
    chance = random.Random(7)
    numbers = lambda shape: [round(chance.gauss(0, 1), 4) for _ in range(math.prod(shape))]
    state = [(numbers(shape), [0] * math.prod(shape), [0] * math.prod(shape)) for shape in SHAPES]
    start, gradients, weights = [s[0] for s in state], [], []
    for t in range(1, STEPS + 1):
        given = [numbers(shape) for shape in SHAPES]
        state = [step(shape, *s[:1], g, *s[1:], t, nesterov) for shape, s, g in zip(SHAPES, state, given)]
        gradients.append(sum(given, []))
        weights.append(sum((s[0] for s in state), []))
    return {"nesterov": nesterov, "start": sum(start, []), "gradients": gradients, "weights": weights}


print(json.dumps({"shapes": SHAPES, "rate": RATE, "decay": DECAY, "runs": [run(True), run(False)]}))
