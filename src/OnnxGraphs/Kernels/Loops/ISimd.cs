namespace OnnxGraphs.Kernels.Loops;

/// <summary>The few operations that inner loops need of a vector type, so that each loop is written once.</summary>
internal unsafe interface ISimd<V> where V : struct
{
    /// <summary>Numbers in a vector.</summary>
    static abstract int Width { get; }

    /// <summary>Vectors that the processor holds in registers.</summary>
    static abstract int Registers { get; }

    static abstract V Load(float* from);

    static abstract void Store(V vector, float* to);

    /// <summary>
    /// Stores past the caches where that pays: a line that another core has read last is slow to write. The address
    /// must be a multiple of the vector's size.
    /// </summary>
    static abstract void StoreStreamed(V vector, float* to);

    /// <summary>The number in every place.</summary>
    static abstract V Repeat(float number);

    static abstract V Add(V a, V b);

    /// <summary>The bits that both have.</summary>
    static abstract V And(V a, V b);

    static abstract V Subtract(V a, V b);

    static abstract V Multiply(V a, V b);

    /// <summary>a b + c; fused where the processor can.</summary>
    static abstract V MultiplyAdd(V a, V b, V c);

    static abstract float Sum(V vector);

    /// <summary>In each place a number of one vector or of the other.</summary>
    static abstract V IfGreater(V a, V b, V then, V otherwise);

    /// <summary>In each place a number of one vector or of the other.</summary>
    static abstract V IfEqual(V a, V b, V then, V otherwise);

    /// <summary>from[0], from[2], from[4], ... and from[1], from[3], ...: reads two vectors.</summary>
    static abstract (V Even, V Odd) Split(float* from);

    /// <summary>even[0], odd[0], even[1], ... to two vectors.</summary>
    static abstract void Interleave(V even, V odd, float* to);
}
