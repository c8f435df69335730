using System.Numerics.Tensors;

namespace OnnxGraphs.Kernels.Convolutions;

/// <summary>Sums of slices of the work, one after another in memory.</summary>
internal static unsafe class SliceSums
{
    /// <summary>Adds those of all slices to the first one's, in their order whatever the threads.</summary>
    /// <param name="sums">Those of the first slice.</param>
    /// <param name="size">Numbers of a slice.</param>
    /// <param name="pitch">From one slice to the next.</param>
    /// <param name="slices">How many.</param>
    public static void Add(float* sums, int size, long pitch, int slices)
    {
        var all = new Span<float>(sums, size);
        for (var slice = 1; slice < slices; slice++)
            TensorPrimitives.Add(all, new ReadOnlySpan<float>(sums + slice * pitch, size), all);
    }
}
