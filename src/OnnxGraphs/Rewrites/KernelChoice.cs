using OnnxGraphs.Graphs;
using OnnxGraphs.Kernels;
using OnnxGraphs.Kernels.Convolutions;
using OnnxGraphs.Kernels.Layouts;
using OnnxGraphs.Kernels.Loops;
using OnnxGraphs.Kernels.Poolings;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Rewrites;

/// <summary>Which nodes have a kernel that is faster than ONNX Runtime's operators on the CPU.</summary>
internal sealed class KernelChoice(InnerLoops loops)
{
    private readonly List<Kernel> _kernels = [];

    /// <summary>The step that takes the place of the node; null where there is none for its types and shapes.</summary>
    public Step? For(Node node) => node.Op switch
    {
        "Conv" when IsFloat(node)
            && Shape(node, node[0].Shape, node[1].Shape, node.Outputs[0].Shape) is { } shape =>
            Forward(shape, node.Optional(2) is not null) is { } forward
                ? Use(forward, node.Inputs, node.Outputs) : null,
        "WithKernel" when IsFloat(node) => ForGradient(node, node.Attributes.Text("kernel", "")),
        _ => null,
    };

    /// <summary>The kernel that a step runs; null for a step of another kind.</summary>
    public Kernel? KernelOf(Step step) => step.Domain == KernelDomain.Name ? _kernels[KernelDomain.Number(step.Op)] : null;

    /// <summary>A step that runs the kernel.</summary>
    public Step Use(Kernel kernel, IReadOnlyList<Var?> inputs, IReadOnlyList<Var> outputs)
    {
        _kernels.Add(kernel);
        var op = KernelDomain.Operator(kernel, _kernels.Count - 1);
        return new(KernelDomain.Name, op, "", inputs, outputs, Attributes.None);
    }

    /// <summary>The steps with their kernels numbered anew, and these: those that no step runs any more are left out.</summary>
    public (IReadOnlyList<Step> Steps, IReadOnlyList<Kernel> Kernels) Numbered(IReadOnlyList<Step> steps)
    {
        var kernels = new List<Kernel>();
        List<Step> numbered = [.. steps.Select(step =>
        {
            if (KernelOf(step) is not { } kernel)
                return step;
            kernels.Add(kernel);
            return step with { Op = KernelDomain.Operator(kernel, kernels.Count - 1) };
        })];
        return (numbered, kernels);
    }

    /// <summary>The steps with kernels in place of those that turn large matrices over.</summary>
    public IReadOnlyList<Step> Transposed(IReadOnlyList<Step> steps)
    {
        var open = OpenShapes.Of(steps);
        // ONNX Runtime's products of matrices take their operands as they lie.
        var factors = steps.Where(step => step.Op is "MatMul" or "Gemm").SelectMany(step => step.Inputs).ToHashSet();
        return [.. steps.Select(step => step is { Op: "Transpose", Domain: "" } && !open.Contains(step.Inputs[0]!)
            && !factors.Contains(step.Outputs[0]) ? Transposed(step) : step)];
    }

    private Step Transposed(Step step)
    {
        const long fewest = 4096;
        var (input, order) = (step.Inputs[0]!, step.Attributes.Ints("perm"));
        return input.Type == ElementType.Float32 && order is not null && input.Shape.Size is >= fewest and < int.MaxValue
            && MatrixForm.Of(input.Shape, order) is { } form
            ? Use(new MatrixTranspose(input.Shape, step.Outputs[0].Shape, form, loops), step.Inputs, step.Outputs) : step;
    }

    private Step? ForGradient(Node node, string kernel)
    {
        var (value, inputs) = (node[0], node.Inputs.Skip(1).ToList());
        return kernel switch
        {
            Op.ConvInputGradient when Shape(node, value.Shape, inputs[1]!.Shape, inputs[0]!.Shape) is { } shape =>
                InputGradient(shape) is { } gradient ? Use(gradient, inputs, node.Outputs) : null,
            Op.ConvWeightGradient when Shape(node, inputs[1]!.Shape, value.Shape, inputs[0]!.Shape) is { } shape =>
                WeightGradient(shape) is { } gradient ? Use(gradient, inputs, node.Outputs) : null,
            Op.MaxPoolInputGradient when value.Shape.Rank == 4 && value.Shape.Size is > 0 and < int.MaxValue =>
                Use(new MaxPoolGradient(value.Shape, inputs[0]!.Shape, Window.Of(node,
                    node.Attributes.Ints("kernel_shape")!), loops), inputs, node.Outputs),
            Op.RoiAlignInputGradient when value.Shape.Size is > 0 and < int.MaxValue && inputs[0]!.Shape.Size > 0 =>
                Use(new RoiAlignGradient(value.Shape, inputs[0]!.Shape), inputs, node.Outputs),
            _ => null,
        };
    }

    // Dense, 1 x 1, stride 1; few pixels do not pay for packing the weights.
    private static bool IsPointwise(ConvolutionShape shape)
    {
        const int fewestPixels = 16;
        return shape is { IsDense: true, Taps: 1, Window.IsUnit: true } && shape.InputPixels == shape.OutputPixels
            && shape.OutputPixels >= fewestPixels;
    }

    // Dense, 3 x 3, stride 1; fewer channels or tiles do not pay for mapping the weights.
    private static bool IsForWinograd(ConvolutionShape shape)
    {
        const int fewestChannels = 16, fewestTiles = 16;
        return shape is { IsDense: true, Window: { IsUnit: true, Kernel: [3, 3], Dilations: [1, 1] } }
            && Math.Min(shape.Channels, shape.Filters) >= fewestChannels
            && TileGrid.Of(shape.Output, 4).Tiles >= fewestTiles;
    }

    // Dense, stride 1 or 2; fewer pixels do not pay for packing the weights, nor does a single entry for packing the pixels.
    private static bool IsForPanels(ConvolutionShape shape)
    {
        const int fewestPixels = 512;
        return shape is { IsDense: true, Taps: > 1, Window.Strides: [1 or 2, 1 or 2] }
            && shape.Images * shape.OutputPixels >= fewestPixels;
    }

    // ONNX Runtime's transposed convolution is fast where it adds up few channels, or to few.
    private static bool HasChannels(ConvolutionShape shape) =>
        Math.Min(shape.Channels, shape.Filters) >= 2 * InnerLoops.ProductRows;

    private Kernel? Forward(ConvolutionShape shape, bool hasBias) =>
        shape.IsDepthwise ? DepthwiseFilter.Forward(shape, hasBias, loops)
        : IsPointwise(shape) ? PointwiseConvolution.Forward(shape, hasBias, loops)
        : IsForWinograd(shape) ? WinogradConvolution.Forward(shape, hasBias, loops)
        : IsForPanels(shape) ? DenseConvolution.Forward(shape, hasBias, loops) : null;

    private Kernel? InputGradient(ConvolutionShape shape) =>
        shape.IsDepthwise ? DepthwiseFilter.Backward(shape, loops)
        : IsPointwise(shape) ? PointwiseConvolution.Backward(shape, loops)
        : IsForWinograd(shape) ? WinogradConvolution.Backward(shape, loops)
        : IsForPanels(shape) && HasChannels(shape) ? DenseConvolution.Backward(shape, loops) : null;

    private Kernel? WeightGradient(ConvolutionShape shape) =>
        shape.IsDepthwise ? FlatWeightGradient.Of(shape, loops) ?? (Kernel)new DepthwiseWeightGradient(shape, loops)
        : IsPointwise(shape) && PointwiseWeightGradient.Fits(shape) ? new PointwiseWeightGradient(shape, loops)
        : IsForWinograd(shape) ? WinogradSmallMapsGradient.Of(shape, loops) ?? (Kernel)new WinogradWeightGradient(shape, loops)
        : shape.IsDense && (shape.Taps > 1 || !shape.Window.IsUnit) ? new DenseWeightGradient(shape, loops) : null;

    // Null for a convolution of another rank, or an empty one.
    private static ConvolutionShape? Shape(Node node, TensorShape input, TensorShape weights, TensorShape output) =>
        weights.Rank != 4 || output.Size == 0 || input.Size == 0 || Math.Max(input.Size, output.Size) > int.MaxValue
            ? null : new(input, output, weights, Window.Of(node, [.. weights.Skip(2)]));

    private static bool IsFloat(Node node) =>
        node.Inputs.All(input => input is null or { Type: ElementType.Float32 });
}
