using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Kernels.Convolutions;

/// <summary>A depthwise convolution in two dimensions: one filter a channel.</summary>
internal sealed record DepthwiseShape(TensorShape Input, TensorShape Output, TensorShape Weights, Window Window)
{
    public int Images => (int)Input[0];

    public int Channels => (int)Input[1];

    public int Taps => (int)(Window.Kernel[0] * Window.Kernel[1]);

    /// <summary>Pixels of a map of the input.</summary>
    public int InputPixels { get; } = (int)(Input[2] * Input[3]);

    /// <summary>Pixels of a map of the output.</summary>
    public int OutputPixels { get; } = (int)(Output[2] * Output[3]);

    /// <summary>Null where the convolution is not of this kind, or empty.</summary>
    public static DepthwiseShape? Of(TensorShape input, TensorShape weights, long group, Window window,
        TensorShape output)
    {
        var depthwise = weights[1] == 1 && weights[0] == group && input[1] == group;
        return depthwise && output.Size > 0 && input.Size is > 0 and < int.MaxValue
            ? new(input, output, weights, window) : null;
    }

    public FilterAxis Forward(int i) => FilterAxis.Forward(
        (int)Input[i + 2], (int)Output[i + 2], (int)Window.Kernel[i], (int)Window.Strides[i], (int)Window.Dilations[i],
        (int)Window.Before[i]);

    public FilterAxis Backward(int i) => FilterAxis.Backward(
        (int)Input[i + 2], (int)Output[i + 2], (int)Window.Kernel[i], (int)Window.Strides[i], (int)Window.Dilations[i],
        (int)Window.Before[i]);
}
