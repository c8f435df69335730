using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Losses;

/// <summary>
/// Makes a graph independent of its batch. Built for three batch sizes it must come out as the same nodes; constants
/// that differ are computed from the batch at run time, where c + k batch or k / batch gives them.
/// </summary>
internal sealed class OpenBatch
{
    // Primes, so that no other number of a graph is taken for a multiple of the batch.
    private static readonly int[] Sizes = [11, 13, 17];

    private const string Batch = "batch", BatchAsFloat = "batch/float", FirstAxis = "batch/axis";

    private readonly List<NodeProto> _nodes = [];
    private readonly List<TensorProto> _constants = [];

    /// <summary>The graph for any batch; null where it cannot be had.</summary>
    /// <param name="build">Builds the graph for a batch.</param>
    /// <param name="batched">The inputs and outputs whose first axis is the batch.</param>
    public static OnnxModel? Of(Func<int, OnnxModel> build, IReadOnlyList<string> batched)
    {
        OnnxModel[] models = [.. Sizes.Select(build)];
        GraphProto[] graphs = [.. models.Select(model => model.Proto.Graph)];
        if (graphs.Any(graph => !graph.Node.Equals(graphs[0].Node)
            || !graph.Initializer.Select(Frame).SequenceEqual(graphs[0].Initializer.Select(Frame))))
            return null;
        var open = new OpenBatch();
        for (var i = 0; i < graphs[0].Initializer.Count; i++)
            if (!open.Add([.. graphs.Select(graph => graph.Initializer[i])]))
                return null;
        open.WriteTo(graphs[0], batched);
        return models[0];
    }

    private static (string, int, int) Frame(TensorProto value) =>
        (value.Name, value.DataType, value.Dims.Count);

    private bool Add(TensorProto[] protos)
    {
        var name = protos[0].Name;
        if (protos.All(proto => proto.Equals(protos[0])))
        {
            _constants.Add(protos[0]);
            return true;
        }
        Tensor[] values = [.. protos.Select(proto => proto.ToTensor())];
        if (values.Any(value => value.Shape != values[0].Shape))
            return AddUniform(name, values);
        return values[0].Type switch
        {
            ElementType.Int64 => AddWhole(name, values),
            ElementType.Float32 => AddReal(name, values),
            _ => false,
        };
    }

    // Shapes and counts: c + k batch.
    private bool AddWhole(string name, Tensor[] values)
    {
        var seen = Array.ConvertAll(values, value => value.Values<long>().ToArray());
        var step = Sizes[1] - Sizes[0];
        long[] k = [.. seen[0].Zip(seen[1], (first, second) => (second - first) / step)];
        long[] c = [.. seen[0].Zip(k, (first, slope) => first - slope * Sizes[0])];
        for (var s = 0; s < Sizes.Length; s++)
            if (!c.Zip(k, (constant, slope) => constant + slope * Sizes[s]).SequenceEqual(seen[s]))
                return false;
        Compute("Mul", Constant(name + "/per_image", Tensor.Of<long>(values[0].Shape, k)), Batch, name + "/open");
        Compute("Add", Constant(name + "/rest", Tensor.Of<long>(values[0].Shape, c)), name + "/open", name);
        return true;
    }

    // Divisors of means and their reciprocals: k batch or k / batch.
    private bool AddReal(string name, Tensor[] values)
    {
        var seen = Array.ConvertAll(values, value => value.Values<float>().ToArray());
        foreach (var (operation, factor) in new[] { ("Mul", (Func<int, double>)(b => b)), ("Div", b => 1.0 / b) })
        {
            double[] k = [.. seen[0].Select(value => value / factor(Sizes[0]))];
            if (Enumerable.Range(0, Sizes.Length).All(s => k.Zip(seen[s])
                .All(pair => Math.Abs(pair.First * factor(Sizes[s]) - pair.Second) <= 1e-6 * Math.Abs(pair.Second))))
            {
                var constant = Tensor.Of<float>(values[0].Shape, [.. k.Select(value => (float)value)]);
                Compute(operation, Constant(name + "/per_image", constant), BatchAsFloat, name);
                return true;
            }
        }
        return false;
    }

    // One value throughout, in a shape that depends on the batch.
    private bool AddUniform(string name, Tensor[] values)
    {
        var element = values[0].Data[..values[0].Type.Size()];
        if (values.Any(value => !value.Data.Chunk(element.Length).All(bytes => bytes.SequenceEqual(element))))
            return false;
        var shapes = values.Select(value => Tensor.Vector(value.Shape.ToArray())).ToArray();
        if (!AddWhole(name + "/shape", shapes))
            return false;
        Compute("Expand", Constant(name + "/element", new(values[0].Type, new(), element)), name + "/shape", name);
        return true;
    }

    private string Constant(string name, Tensor value)
    {
        _constants.Add(value.ToProto(name));
        return name;
    }

    private void Compute(string operation, string a, string b, string result) =>
        _nodes.Add(new() { OpType = operation, Input = { a, b }, Output = { result } });

    private void WriteTo(GraphProto graph, IReadOnlyList<string> batched)
    {
        if (_nodes.Count > 0)
        {
            var shape = new NodeProto { OpType = "Shape", Input = { batched[0] }, Output = { "batch/shape" } };
            var size = new NodeProto
            {
                OpType = "Gather", Input = { "batch/shape", Constant(FirstAxis, Tensor.Of<long>(new(), [0])) },
                Output = { Batch },
            };
            var real = new NodeProto { OpType = "Cast", Input = { Batch }, Output = { BatchAsFloat } };
            real.Attribute.Add(new AttributeProto
            {
                Name = "to", Type = AttributeProto.Types.AttributeType.Int, I = (int)ElementType.Float32,
            });
            _nodes.InsertRange(0, [shape, size, real]);
        }
        NodeProto[] nodes = [.. _nodes, .. graph.Node];
        graph.Node.Clear();
        graph.Node.AddRange(nodes);
        graph.Initializer.Clear();
        graph.Initializer.AddRange(_constants);
        foreach (var value in graph.Input.Concat(graph.Output).Where(value => batched.Contains(value.Name)))
            value.Type.TensorType.Shape.Dim[0] = new() { DimParam = "batch" };
    }
}
