using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace MLNet.Detection.Tests.Detectors;

/// <summary>Puts nodes between what a file computes and one of its outputs, as a program that edits files does.</summary>
internal sealed class AlteredTail
{
    private readonly ModelProto _proto;
    private readonly string _output;
    private string _last;
    private int _count;

    public AlteredTail(OnnxModel model, string output)
    {
        (_proto, _output, _last) = (model.Proto.Clone(), output, output + " before");
        foreach (var node in _proto.Graph.Node)
        {
            for (var i = 0; i < node.Output.Count; i++)
                node.Output[i] = node.Output[i] == output ? _last : node.Output[i];
            for (var i = 0; i < node.Input.Count; i++)
                node.Input[i] = node.Input[i] == output ? _last : node.Input[i];
        }
    }

    /// <summary>Another node: of the last value alone, with constants before or behind it.</summary>
    public AlteredTail Then(string op, float[]? behind = null, float[]? before = null)
    {
        var node = Node(op);
        if (before is not null)
            node.Input.Insert(0, Constant(Tensor.Of<float>(new(before.Length), before)));
        if (behind is not null)
            node.Input.Add(Constant(Tensor.Of<float>(new(behind.Length), behind)));
        return this;
    }

    /// <summary>Rows of four numbers times a matrix.</summary>
    public AlteredTail Times(float[] matrix)
    {
        Node("MatMul").Input.Add(Constant(Tensor.Of<float>(new(4, 4), matrix)));
        return this;
    }

    /// <summary>Rows or columns in another order.</summary>
    public AlteredTail Gather(int axis, params long[] order)
    {
        var node = Node("Gather");
        node.Input.Add(Constant(Tensor.Of<long>(new(order.Length), order)));
        node.Attribute.Add(new AttributeProto { Name = "axis", I = axis, Type = AttributeProto.Types.AttributeType.Int });
        return this;
    }

    /// <summary>Scores above a threshold alone: Greater, Where.</summary>
    public AlteredTail Zeroed(float threshold)
    {
        var value = _last;
        Node("Greater").Input.Add(Constant(Tensor.Of<float>(new(1), [threshold])));
        var where = Node("Where");
        where.Input.Add([value, Constant(Tensor.Of<float>(new(1), [0]))]);
        return this;
    }

    /// <summary>The best numbers of all: a choice among rows.</summary>
    public AlteredTail Best(int count)
    {
        Node("Reshape").Input.Add(Constant(Tensor.Of<long>(new(1), [-1])));
        Node("TopK").Input.Add(Constant(Tensor.Of<long>(new(1), [count])));
        _proto.Graph.Node[^1].Output.Add($"{_output} places");
        _proto.Graph.Output.Single(output => output.Name == _output).Type.TensorType.Shape = null;
        return this;
    }

    /// <summary>The model with all of them.</summary>
    public OnnxModel Model
    {
        get
        {
            Node("Identity").Output[0] = _output;
            return new(_proto);
        }
    }

    private NodeProto Node(string op)
    {
        var node = new NodeProto { OpType = op, Input = { _last }, Output = { $"{_output} {++_count}" } };
        _last = node.Output[0];
        _proto.Graph.Node.Add(node);
        return node;
    }

    private string Constant(Tensor tensor)
    {
        var name = $"{_output} constant {_proto.Graph.Initializer.Count}";
        _proto.Graph.Initializer.Add(tensor.ToProto(name));
        return name;
    }
}
