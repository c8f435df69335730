using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Surgery;

/// <summary>The target shapes of Reshape nodes in a class head, which spell the number of classes out.</summary>
internal static class ShapeConstants
{
    /// <summary>
    /// Rescales the entry that holds the classes from the head's count to the new one, in each Reshape of the head.
    /// </summary>
    public static void Rescale(OnnxModel model, ClassHead head, string raw, int classes)
    {
        var axes = head.Classes == 1 ? [.. LoneClass.Axes(model, head, raw)] : LabelledAxes(model, head);
        foreach (var (node, axis) in axes)
            RescaleEntry(model, node, axis, head.Classes, classes);
    }

    // The labels are those of the old head. Only the layout behind the layers runs here; it does not see the weights.
    private static List<(NodeProto Reshape, int Axis)> LabelledAxes(OnnxModel model, ClassHead head)
    {
        var reshapes = Reshapes(model, head);
        var traced = head.Push(model, [.. reshapes.Select(node => node.Output[0])]);
        return
        [
            .. from node in reshapes
               let axis = ClassAxis(traced[node.Output[0]])
               where axis is not null
               select (node, axis.Value),
        ];
    }

    private static List<NodeProto> Reshapes(OnnxModel model, ClassHead head)
    {
        var reached = head.Branches.SelectMany(branch => branch.Layer.Output).ToHashSet();
        var found = new List<NodeProto>();
        foreach (var node in model.Proto.Graph.Node)
            if (node.Input.Count > 0 && reached.Contains(node.Input[0]) && node.OpType is "Reshape" or "Transpose"
                or "Concat" or "Flatten" or "Squeeze" or "Unsqueeze" or "Identity" or "QuantizeLinear"
                or "DequantizeLinear")
            {
                reached.UnionWith(node.Output);
                if (node.OpType == "Reshape")
                    found.Add(node);
            }
        return found;
    }

    /// <summary>The axis along which the label changes.</summary>
    internal static int? ClassAxis(Tensor labels)
    {
        var (shape, values) = (labels.Shape, labels.Values<float>().ToArray());
        for (var axis = shape.Rank - 1; axis >= 0; axis--)
        {
            var inner = shape.SizeOf((axis + 1)..);
            var size = shape[axis];
            if (values.Where((value, i) => i / inner % size > 0 && value != values[i - inner]).Any())
                return axis;
        }
        return null;
    }

    /// <summary>Rescales one entry of a Reshape's target, where it is stored.</summary>
    internal static void RescaleEntry(OnnxModel model, NodeProto reshape, int axis, int from, int to)
    {
        var (target, graph) = (reshape.Input[1], model.Proto.Graph);
        if (Constant(model, target) is { } whole)
        {
            var dims = whole.ToInt64();
            dims[axis] = Scaled(dims[axis], from, to);
            reshape.Input[1] = Store(graph, target, dims);
        }
        else if (model.Producer(target) is { OpType: "Concat" } concat && Piece(model, concat, axis) is { } at
            && Constant(model, concat.Input[at.Input]) is { } piece)
        {
            // The Concat may serve other heads: this Reshape gets one of its own.
            var own = concat.Clone();
            own.Output[0] = Fresh(graph, target);
            own.Name = concat.Name.Length == 0 ? "" : own.Output[0];
            var dims = piece.ToInt64();
            dims[at.Entry] = Scaled(dims[at.Entry], from, to);
            own.Input[at.Input] = Store(graph, concat.Input[at.Input], dims);
            graph.Node.Insert(graph.Node.IndexOf(concat) + 1, own);
            reshape.Input[1] = own.Output[0];
        }
    }

    // The input of a Concat of dimensions that holds the one at an axis, and its place in that input. An input that is
    // computed counts as one number.
    private static (int Input, int Entry)? Piece(OnnxModel model, NodeProto concat, int axis)
    {
        for (var (input, first) = (0, 0); input < concat.Input.Count; input++)
        {
            var size = (int)(Constant(model, concat.Input[input])?.Shape.Size ?? 1);
            if (axis < first + size)
                return (input, axis - first);
            first += size;
        }
        return null;
    }

    // 0 (copied) and -1 (what is left) follow by themselves.
    private static long Scaled(long dim, int from, int to) => dim > 0 && dim % from == 0 ? dim / from * to : dim;

    /// <summary>Stored integers, read through the operators that exporters put around them.</summary>
    internal static Tensor? Constant(OnnxModel model, string name)
    {
        if (model.Stored(name) is { } stored)
            return stored.ToTensor();
        if (model.Producer(name) is not { } node)
            return null;
        return node.OpType switch
        {
            "Constant" => node.Attribute[0].T?.ToTensor(),
            "Unsqueeze" or "Cast" or "Identity" => Constant(model, node.Input[0]),
            _ => null,
        };
    }

    /// <summary>Stores integers under a new name and returns it.</summary>
    internal static string Store(GraphProto graph, string stem, long[] values) =>
        Store(graph, stem, Tensor.Vector<long>(values));

    /// <summary>Stores a tensor under a new name and returns it.</summary>
    internal static string Store(GraphProto graph, string stem, Tensor values)
    {
        var name = Fresh(graph, stem);
        graph.Initializer.Add(values.ToProto(name));
        return name;
    }

    private static string Fresh(GraphProto graph, string stem) =>
        Enumerable.Range(0, int.MaxValue).Select(i => $"{stem}/classes{i}").First(name =>
            graph.Initializer.All(tensor => tensor.Name != name) && !graph.Node.Any(node => node.Output.Contains(name)));
}
