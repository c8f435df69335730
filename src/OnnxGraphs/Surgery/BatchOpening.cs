using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Surgery;

/// <summary>A copy of a model whose operators lose their batch size of 1, one by one.</summary>
/// <param name="model">The model.</param>
/// <param name="graph">Its values.</param>
/// <param name="batched">Values that are computed from the pictures.</param>
/// <param name="shapes">Shapes of what the operators read, for one picture.</param>
/// <param name="targets">The constants that <see cref="Targets"/> names.</param>
internal sealed class BatchOpening(OnnxModel model, ValueGraph graph, IReadOnlySet<string> batched,
    IReadOnlyDictionary<string, TensorShape> shapes, IReadOnlyDictionary<string, Tensor> targets)
{
    private readonly OnnxModel _copy = model.Clone();

    public OnnxModel Model => _copy;

    /// <summary>Operators that were changed.</summary>
    public int Changes { get; private set; }

    /// <summary>Changes of which only a run tells that they are right.</summary>
    public int Guesses { get; private set; }

    /// <summary>Names of the sizes that an operator brings its input to.</summary>
    public static IEnumerable<string> Targets(NodeProto node) => node.OpType switch
    {
        "Reshape" => [node.Input[1]],
        "Resize" => [node.Input[3]],
        _ => [],
    };

    /// <summary>Frees an operator; false where it has a batch of one and the shape of its input is not known.</summary>
    public bool Free(NodeProto node)
    {
        if (!shapes.TryGetValue(node.Input[0], out var shape) && node.OpType is not ("Concat" or "GatherElements"))
            return targets[Targets(node).Single()].ToInt64() is var fixedTo && (fixedTo is not [1, ..] || fixedTo.Contains(-1));
        switch (node.OpType)
        {
            case "Reshape":
                Reshape(node, shape!, targets[node.Input[1]].ToInt64());
                break;
            case "Resize":
                Resize(node, shape!, targets[node.Input[3]].ToInt64());
                break;
            default:
                Join(node);
                break;
        }
        return true;
    }

    // [1, ...] of [1, ...] copies the axis. Elsewhere the batch is merged into the first axis, or stays in -1.
    private void Reshape(NodeProto node, TensorShape shape, long[] target)
    {
        if (shape.Rank == 0 || target.Length < 2 || shape[0] != 1 && target.Contains(-1))
            return;
        if (target[0] == 1 && shape[0] == 1)
            target[0] = 0;
        else if (!target.Contains(-1) && target[0] > 0)
        {
            // Of [2, 1, ...] the axis of size 1 is the batch, which went behind another by a Transpose.
            var at = shape[0] == 1 || target.Length < 2 || target[1] != 1 ? 0 : 1;
            target[at] = -1;
            Guesses++;
        }
        else
            return;
        Replace(node, 1, Tensor.Vector<long>(target));
    }

    private void Resize(NodeProto node, TensorShape shape, long[] sizes)
    {
        if (shape.Rank != 4 || sizes.Length != 4 || shape[0] != 1 || sizes[0] != 1)
            return;
        float[] scales = [1, .. sizes.Skip(1).Zip(shape.Skip(1), (size, from) => (float)size / from)];
        var changed = Replace(node, 2, Tensor.Vector<float>(scales));
        changed.Input.RemoveAt(3);
        Guesses++;
    }

    // A constant [1, ...] beside values of a batch is repeated for each picture.
    private void Join(NodeProto node)
    {
        var axis = node.Attribute.FirstOrDefault(attribute => attribute.Name == "axis")?.I ?? 0;
        var other = node.Input.First(batched.Contains);
        foreach (var (i, name) in node.Input.Index().Where(at => !batched.Contains(at.Item)))
        {
            var shape = shapes.GetValueOrDefault(name) ?? graph.Constant(name)?.Shape;
            if (shape is not { Rank: > 1 } || axis % shape.Rank == 0 || shape[0] != 1)
                continue;
            var proto = _copy.Proto.Graph;
            var (stem, changed) = ($"{node.Output[0]}/batch{i}", _copy.Producers[node.Output[0]]);
            var (zero, rest) = (ShapeConstants.Store(proto, stem, [0L]), ShapeConstants.Store(proto, stem, [.. shape.Skip(1)]));
            var nodes = new[]
            {
                Node("Shape", [other], stem + "/shape"), Node("Gather", [stem + "/shape", zero], stem + "/size"),
                Node("Concat", [stem + "/size", rest], stem + "/target"),
                Node("Expand", [name, stem + "/target"], stem + "/expanded"),
            };
            nodes[2].Attribute.Add(new AttributeProto { Name = "axis", Type = AttributeProto.Types.AttributeType.Int });
            foreach (var added in nodes)
                proto.Node.Insert(proto.Node.IndexOf(changed), added);
            changed.Input[i] = stem + "/expanded";
            (Changes, Guesses) = (Changes + 1, Guesses + 1);
        }
    }

    private static NodeProto Node(string op, string[] inputs, string output) =>
        new() { OpType = op, Input = { inputs }, Output = { output } };

    private NodeProto Replace(NodeProto node, int input, Tensor value)
    {
        var changed = _copy.Producers[node.Output[0]];
        changed.Input[input] = ShapeConstants.Store(_copy.Proto.Graph, node.Output[0] + "/open_batch", value);
        // From IR 4 on a stored tensor need not be an input as well.
        _copy.Proto.IrVersion = Math.Max(4, _copy.Proto.IrVersion);
        Changes++;
        return changed;
    }
}
