using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Training;
using static OnnxGraphs.Tests.HandMade;

namespace OnnxGraphs.Tests.Optimizers;

/// <summary>Training steps whose gradient is what the test says: the loss is the sum of weights times inputs.</summary>
internal sealed class GivenGradients : IDisposable
{
    private readonly TrainingRun _run;

    /// <summary>Starts from weights, in the order filter.w [4, 3, 3, 3], filter.b [4], small.w [3, 4], last.w [6, 2],
    /// last.b [2].</summary>
    public GivenGradients(Optimizer optimizer, float[] start, params ParameterGroup[] groups)
    {
        var model = Model(17, [Zeros(1, 3, 5, 5), Zeros(1, 3), Zeros(1, 6)],
        [
            Node("Conv", ["x0", "filter.w", "filter.b"], ["c"]), Node("MatMul", ["x1", "small.w"], ["s"]),
            Node("Gemm", ["x2", "last.w", "last.b"], ["y"]),
        ], ("filter.w", Zeros(4, 3, 3, 3)), ("filter.b", Zeros(4)), ("small.w", Zeros(3, 4)), ("last.w", Zeros(6, 2)),
            ("last.b", Zeros(2)));
        _run = new(TrainingGraph.Build(model, ["c", "s", "y"], Loss, optimizer, new() { Groups = groups }), model);
        var state = _run.Save();
        var vectors = state.Vectors.ToDictionary();
        foreach (var (name, values) in Pieces(start))
        {
            var entry = _run.Graph.Layout.Entries.Single(e => e.Name == name);
            values.CopyTo(vectors[TrainingGraph.Parameters], (int)entry.Offset);
        }
        _run.Restore(state with { Vectors = vectors });
    }

    private static readonly (string Name, int Size)[] Order =
        [("filter.w", 108), ("filter.b", 4), ("small.w", 12), ("last.w", 12), ("last.b", 2)];

    /// <summary>All weights, in the order of the constructor.</summary>
    public float[] Step(float rate, float[] gradient)
    {
        foreach (var (name, values) in Pieces(gradient))
            values.CopyTo(_run.Input<float>(name + ".gradient"));
        _run.Step(rate);
        var (read, layout) = (_run.Read(0), _run.Graph.Layout.Entries);
        return [.. Order.SelectMany(piece => read.AsSpan(
            (int)layout.Single(entry => entry.Name == piece.Name).Offset, piece.Size).ToArray())];
    }

    /// <summary>The part of a vector that belongs to a weight.</summary>
    public static float[] Of(string name, float[] all) => Pieces(all).Single(piece => piece.Name == name).Values;

    public void Dispose() => _run.Dispose();

    private static IEnumerable<(string Name, float[] Values)> Pieces(float[] all)
    {
        var offset = 0;
        foreach (var (name, size) in Order)
        {
            yield return (name, all[offset..(offset + size)]);
            offset += size;
        }
    }

    private static Dictionary<string, Var> Loss(Graph graph, IReadOnlyList<Var> heads) => new()
    {
        ["loss"] = Order.Select(piece => graph.Find(piece.Name)!).Select(weight =>
                Op.SumAll(Op.Reshape(weight * graph.Input(weight.Name + ".gradient", weight.Shape.ToArray()), weight.Shape.Size)))
            .Aggregate((a, b) => a + b),
    };

    private static Tensor Zeros(params long[] shape) => Tensor.Filled(new(shape), 0f);
}
