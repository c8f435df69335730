using OnnxGraphs.Graphs;

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
}
