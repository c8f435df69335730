using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Kernels.Convolutions;

/// <summary>
/// A convolution in two dimensions: [N, C, H, W] with weights [K, C / groups, kh, kw] to [N, K, OH, OW].
/// </summary>
internal sealed record ConvolutionShape(TensorShape Input, TensorShape Output, TensorShape Weights, Window Window)
{
    public int Images => (int)Input[0];

    /// <summary>C.</summary>
    public int Channels => (int)Input[1];

    /// <summary>K.</summary>
    public int Filters => (int)Output[1];

    /// <summary>Entries of the kernel.</summary>
    public int Taps { get; } = (int)(Window.Kernel[0] * Window.Kernel[1]);

    /// <summary>Pixels of a map of the input.</summary>
    public int InputPixels { get; } = (int)(Input[2] * Input[3]);

    /// <summary>Pixels of a map of the output.</summary>
    public int OutputPixels { get; } = (int)(Output[2] * Output[3]);

    /// <summary>One group for each channel.</summary>
    public bool IsDepthwise => Weights[1] == 1 && Weights[0] == Channels;

    /// <summary>One group.</summary>
    public bool IsDense => Weights[1] == Channels;

    /// <summary>An axis from input to output.</summary>
    public FilterAxis Forward(int i) => FilterAxis.Forward((int)Input[i + 2], (int)Output[i + 2],
        (int)Window.Kernel[i], (int)Window.Strides[i], (int)Window.Dilations[i], (int)Window.Before[i]);

    /// <summary>An axis from the output's gradient to the input's.</summary>
    public FilterAxis Backward(int i) => FilterAxis.Backward((int)Input[i + 2], (int)Output[i + 2],
        (int)Window.Kernel[i], (int)Window.Strides[i], (int)Window.Dilations[i], (int)Window.Before[i]);
}
