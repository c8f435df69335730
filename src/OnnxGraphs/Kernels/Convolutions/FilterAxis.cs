namespace OnnxGraphs.Kernels.Convolutions;

/// <summary>
/// One spatial axis of a convolution or of its adjoint. A map with a stride is taken as interleaved maps ("phases") without
/// one: place p = index * stride + phase - before. Then all places of a phase are one filter with constant shifts.
/// </summary>
/// <param name="SourceSize">Places of the map that is read.</param>
/// <param name="SourceStride">Its phases.</param>
/// <param name="SourceBefore">Padding in front of it.</param>
/// <param name="TargetSize">Places of the map that is written.</param>
/// <param name="TargetStride">Its phases, without padding.</param>
/// <param name="Taps">The entries of the kernel.</param>
internal sealed record FilterAxis(int SourceSize, int SourceStride, int SourceBefore, int TargetSize, int TargetStride,
    IReadOnlyList<AxisTap> Taps)
{
    /// <summary>Indices of the target.</summary>
    public int Count { get; } = (TargetSize + TargetStride - 1) / TargetStride;

    /// <summary>Indices that a phase of the source has more than one of the target.</summary>
    public int Halo { get; } = Taps.Max(tap => tap.Shift);

    /// <summary>y[o] = sum_t w[t] x[o stride + t dilation - before].</summary>
    public static FilterAxis Forward(int size, int output, int kernel, int stride, int dilation, int before) =>
        new(size, stride, before, output, 1,
            [.. Steps(kernel, dilation).Select(step => new AxisTap(step % stride, step / stride, 0))]);

    /// <summary>The adjoint, from dy to dx: place x gets w[t] dy[o] from every t with x + before - t dilation = o stride.</summary>
    public static FilterAxis Backward(int size, int output, int kernel, int stride, int dilation, int before)
    {
        // Of x = index * stride + phase, o = index - strides.
        var taps = Steps(kernel, dilation).Select(step => Divided(step - before, stride)).ToList();
        var most = taps.Max(tap => tap.Strides);
        return new(output, 1, most, size, stride, [.. taps.Select(tap => new AxisTap(0, most - tap.Strides, tap.Phase))]);
    }

    // Whole strides, rounded down, and the rest.
    private static (int Strides, int Phase) Divided(int places, int stride)
    {
        var phase = (places % stride + stride) % stride;
        return ((places - phase) / stride, phase);
    }

    private static IEnumerable<int> Steps(int kernel, int dilation) =>
        Enumerable.Range(0, kernel).Select(t => t * dilation);
}
