using OnnxGraphs.Gradients;
using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Tests.Runtime;

/// <summary>
/// A small graph drawn at random, with gradients: operators in any order on scalars, vectors, matrices and maps, with the
/// constants that rewrites of ONNX Runtime look for. Values stay about as large as 1.
/// </summary>
internal sealed class RandomGraph
{
    private static readonly long[][] Shapes = [[], [1], [4], [3, 4], [3, 1], [1, 2, 4, 4], [2, 3, 4]];
    private static readonly float[] Numbers = [1, 1, 1, 2, 0.5f, -1, 0.25f, 3, 0];

    private readonly Random _random;
    private readonly Graph _graph = new();
    private readonly List<Var> _values = [];

    public RandomGraph(int seed)
    {
        _random = new(seed);
        for (var i = _random.Next(1, 4); i > 0; i--)
            _values.Add(_graph.Input($"x{i}", Shapes[_random.Next(Shapes.Length)]));
        var x = _values.ToArray();
        for (var steps = _random.Next(2, 12); steps > 0; steps--)
            _values.Add(Next());
        var loss = SumAll(_values[^1]) * Number();
        if (_random.Next(2) == 0)
            loss += ReduceMean(Any(), keep: false);
        var gradients = Gradient.Of(loss, x);
        Outputs = [_graph.Output("loss", loss), .. gradients.Where(_ => _random.Next(3) > 0)
            .Select((gradient, i) => _graph.Output($"d{i}", gradient)), .. _values.Skip(x.Length)
            .Where(_ => _random.Next(6) == 0).Select((value, i) => _graph.Output($"y{i}", value))];
        Feeds = [.. x.Select((input, i) => (input.Name, new RandomTensors(seed + i).Normal([.. input.Shape])))];
    }

    public Var[] Outputs { get; }

    public (string, Tensor)[] Feeds { get; }

    private float Number() => Numbers[_random.Next(Numbers.Length)];

    private Var Any() => _values[_random.Next(_values.Count)];

    // A value that can be combined with another one, or else a constant.
    private Var With(Var other)
    {
        var fitting = _values.Where(value => TensorShape.Broadcast(value.Shape, other.Shape) is { Size: < 300 }).ToList();
        return fitting.Count > 0 && _random.Next(4) > 0 ? fitting[_random.Next(fitting.Count)] : other.Like(Number());
    }

    private Var Next()
    {
        var (a, kind) = (Any(), _random.Next(32));
        return kind switch
        {
            < 12 => Elementwise(kind, a, With(a)),
            < 22 => Function(kind, a),
            < 28 => a.Shape.Rank == 0 ? a * Number() : Moved(kind, a),
            _ => Layer(kind, a),
        };
    }

    private Var Elementwise(int kind, Var a, Var b) => kind switch
    {
        0 => a + b,
        1 => a - b,
        2 or 3 => a * b,
        4 or 5 => Number() / (a * a + 0.5f) * b,
        6 => a / (b * b + 1f),
        7 => a * b / 2f,
        8 => Max(a, b),
        9 => Min(a, b) * (1f / (a.Like(Number()) + 4f)),
        10 => Where(Greater(a, a.Like(0.1)), a, b),
        _ => Mul(a, a.Like(1)) + b.Like(0) - Neg(b),
    };

    private Var Function(int kind, Var a) => kind switch
    {
        12 => Sigmoid(a) * a,
        13 => Softplus(a),
        14 => Tanh(a),
        15 => Relu(a) + 0f * a,
        16 => Clip(a, -1, 1),
        17 => Exp(Clip(a, -2, 1)),
        18 => Log(Abs(a) + 0.5f),
        19 => 0.5f * a * (1f + Erf(a / MathF.Sqrt(2))),
        20 => Sqrt(a * a + 1f),
        _ => Pow(a, 2) + Pow(Sigmoid(a), 1.5f),
    };

    private Var Moved(int kind, Var a) => kind switch
    {
        22 => Reshape(a, -1),
        23 => Transpose(a, [.. Enumerable.Range(0, a.Shape.Rank).Select(i => (long)i).Reverse()]),
        24 => Slice(a, [0], [0], [Math.Max(1, a.Shape[0] - 1)], [1]),
        25 => Concat([a, a * Number()], a.Shape.Rank - 1),
        26 => Gather(a, a.Graph.Constant(0L, 0L, a.Shape[-1] - 1), a.Shape.Rank - 1),
        _ => Squeeze(Unsqueeze(a, 0), 0),
    };

    private Var Layer(int kind, Var a) => (kind, a.Shape.Rank) switch
    {
        (28, > 0) => Softmax(a),
        (29, > 0) => Normalized(a),
        (30, 2) => Tanh(MatMul(a, Transpose(a, 1, 0)) + a.Like(Number())),
        (30, 4) when a.Shape[1] < 8 => Tanh(Conv(a, _graph.Constant(new RandomTensors(1).Normal(2, a.Shape[1], 1, 1)))),
        (31, > 0) => ReduceSum(a * Number(), [-1], keep: _random.Next(2) == 0) / (float)a.Shape[-1],
        (31, 0) => a / a.Like(2),
        _ => ReduceMean(a, keep: false),
    };

    private static Var Normalized(Var a)
    {
        var d = a - ReduceMean(a, [-1]);
        return d / Sqrt(ReduceMean(d * d, [-1]) + 0.1f);
    }
}
