namespace OnnxGraphs.Kernels.Convolutions;

/// <summary>
/// One spatial axis of a depthwise convolution or of its adjoint. A map with a stride is taken as interleaved maps
/// ("phases") without one: place p = index * stride + phase - before. Then all places of a phase are one filter with
/// constant shifts.
/// </summary>
/// <param name="SourceSize">Places of the map that is read.</param>
/// <param name="SourceStride">Its phases.</param>
/// <param name="SourceBefore">Padding in front of it.</param>
/// <param name="TargetSize">Places of the map that is written.</param>
/// <param name="TargetStride">Its phases.</param>
/// <param name="TargetBefore">Places in front of it that are not kept.</param>
/// <param name="First">First index of the target.</param>
/// <param name="Count">Indices of the target.</param>
/// <param name="Taps">The entries of the kernel.</param>
internal sealed record FilterAxis(int SourceSize, int SourceStride, int SourceBefore, int TargetSize, int TargetStride,
    int TargetBefore, int First, int Count, IReadOnlyList<AxisTap> Taps)
{
    /// <summary>Indices that a phase of the source has more than one of the target.</summary>
    public int Halo { get; } = Taps.Max(tap => tap.Shift);

    /// <summary>y[o] = sum_t w[t] x[o stride + t dilation - before].</summary>
    public static FilterAxis Forward(int size, int output, int kernel, int stride, int dilation, int before) =>
        new(size, stride, before, output, 1, 0, 0, output,
            [.. Steps(kernel, dilation).Select(step => new AxisTap(step % stride, step / stride, 0))]);

    /// <summary>
    /// The adjoint, from dy to dx: place p = x + before gets w[t] dy[o] from every t with p - t dilation = o stride.
    /// </summary>
    public static FilterAxis Backward(int size, int output, int kernel, int stride, int dilation, int before)
    {
        var (first, halo) = (before / stride, (kernel - 1) * dilation / stride);
        return new(output, 1, halo, size, stride, before, first, (before + size - 1) / stride - first + 1,
            [.. Steps(kernel, dilation).Select(step => new AxisTap(0, halo - step / stride, step % stride))]);
    }

    private static IEnumerable<int> Steps(int kernel, int dilation) =>
        Enumerable.Range(0, kernel).Select(t => t * dilation);
}
