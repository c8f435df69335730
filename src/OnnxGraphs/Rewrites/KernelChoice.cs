using OnnxGraphs.Graphs;
using OnnxGraphs.Kernels;
using OnnxGraphs.Kernels.Convolutions;
using OnnxGraphs.Kernels.Loops;
using OnnxGraphs.Kernels.Native;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Rewrites;

/// <summary>Which nodes have a kernel that is faster than ONNX Runtime's operators on the CPU.</summary>
internal sealed class KernelChoice(InnerLoops loops)
{
    private readonly List<Kernel> _kernels = [];

    /// <summary>The kernels chosen so far; a step's operator type has the number in this list.</summary>
    public IReadOnlyList<Kernel> Kernels => _kernels;

    /// <summary>The step that takes the place of the node; null where there is none for its types and shapes.</summary>
    public Step? For(Node node) => node.Op switch
    {
        "Conv" when IsFloat(node) => Depthwise(node, node[0].Shape, node[1].Shape, node.Outputs[0].Shape) is { } shape
            ? Use(DepthwiseFilter.Forward(shape, node.Optional(2) is not null, loops), node.Inputs, node.Outputs)
            : null,
        "WithKernel" when IsFloat(node) => ForGradient(node, node.Attributes.Text("kernel", "")),
        _ => null,
    };

    /// <summary>A step that runs the kernel.</summary>
    public Step Use(Kernel kernel, IReadOnlyList<Var?> inputs, IReadOnlyList<Var> outputs)
    {
        _kernels.Add(kernel);
        var op = KernelDomain.Operator(kernel, _kernels.Count - 1);
        return new(KernelDomain.Name, op, "", inputs, outputs, Attributes.None);
    }

    private Step? ForGradient(Node node, string kernel)
    {
        var (value, inputs) = (node[0], node.Inputs.Skip(1).ToList());
        return kernel switch
        {
            Op.ConvInputGradient when Depthwise(node, value.Shape, inputs[1]!.Shape, inputs[0]!.Shape) is { } shape =>
                Use(DepthwiseFilter.Backward(shape, loops), inputs, node.Outputs),
            Op.ConvWeightGradient when Depthwise(node, inputs[1]!.Shape, value.Shape, inputs[0]!.Shape) is { } shape =>
                Use(new DepthwiseWeightGradient(shape, loops), inputs, node.Outputs),
            _ => null,
        };
    }

    private static DepthwiseShape? Depthwise(Node node, TensorShape input, TensorShape weights, TensorShape output) =>
        weights.Rank != 4 ? null : DepthwiseShape.Of(input, weights, node.Attributes.Int("group", 1),
            Window.Of(node, [.. weights.Skip(2)]), output);

    private static bool IsFloat(Node node) =>
        node.Inputs.All(input => input is null or { Type: ElementType.Float32 });
}
