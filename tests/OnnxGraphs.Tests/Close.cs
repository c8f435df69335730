using OnnxGraphs.Graphs;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace OnnxGraphs.Tests;

/// <summary>Equality up to rounding.</summary>
internal static class Close
{
    /// <summary>
    /// Fails unless shapes agree, numbers differ by at most tolerance (1 + |expected|), and other types are equal.
    /// </summary>
    public static void AreEqual(Tensor expected, Tensor found, float tolerance, string what = "")
    {
        Assert.AreEqual(expected.Shape, found.Shape, $"shape {what}");
        Assert.AreEqual(expected.Type, found.Type, $"element type {what}");
        if (expected.Type == ElementType.Float32)
            AreEqual(expected.Values<float>(), found.Values<float>(), tolerance, what);
        else
            CollectionAssert.AreEqual(expected.Data, found.Data, what);
    }

    /// <summary>Fails unless the numbers differ by at most tolerance (1 + |expected|).</summary>
    public static void AreEqual(ReadOnlySpan<float> expected, ReadOnlySpan<float> found, float tolerance,
        string what = "")
    {
        Assert.AreEqual(expected.Length, found.Length, what);
        for (var i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], found[i], tolerance * (1 + Math.Abs(expected[i])), $"{what} at {i}");
    }

    /// <summary>
    /// Fails unless shapes agree and float32 numbers differ by at most tolerance times their root mean square: for sums
    /// of many terms, of which small ones are as inexact as large ones.
    /// </summary>
    public static void AreEqualByScale(Tensor expected, Tensor found, float tolerance, string what = "")
    {
        Assert.AreEqual(expected.Shape, found.Shape, $"shape {what}");
        ReadOnlySpan<float> wanted = expected.Values<float>(), got = found.Values<float>();
        var scale = MathF.Sqrt(TensorPrimitives.SumOfSquares(wanted) / Math.Max(1, wanted.Length));
        for (var i = 0; i < wanted.Length; i++)
            Assert.AreEqual(wanted[i], got[i], tolerance * scale, $"{what} at {i}");
    }
}
