using System.Numerics;

namespace OnnxGraphs.Kernels.Elementwise;

/// <summary>What System.Numerics.Tensors lacks: an operation on a vector, for <see cref="VectorLoop"/>.</summary>
internal interface IVectorOperation
{
    Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> c);
}
