using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using OnnxGraphs.Graphs;

namespace OnnxGraphs.Rewrites;

/// <summary>A part of a vector that is fed, as an input of its own: it is bound to the vector's memory.</summary>
/// <param name="Input">The input; its shape is that of the part.</param>
/// <param name="Vector">Name of the vector, numbers of 32 bits in the host's memory.</param>
/// <param name="Offset">Where the part begins, in elements.</param>
internal sealed record VectorView(Var Input, string Vector, long Offset)
{
    /// <summary>Binds inputs to the parts of vectors.</summary>
    /// <param name="binding">Where.</param>
    /// <param name="views">The inputs.</param>
    /// <param name="vector">A vector by its name; it must live as long as the binding.</param>
    public static void Bind(OrtIoBinding binding, IReadOnlyList<VectorView> views, Func<string, OrtValue> vector)
    {
        foreach (var view in views)
        {
            // The binding holds on to the tensor, which is no more than an address and a shape.
            using var part = view.Of(vector(view.Vector));
            binding.BindInput(view.Input.Name, part);
        }
    }

    private unsafe OrtValue Of(OrtValue vector)
    {
        var numbers = vector.GetTensorMutableDataAsSpan<float>().Slice((int)Offset, (int)Input.Shape.Size);
        fixed (float* first = numbers)
            return OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, TensorElementType.Float,
                Input.Shape.ToArray(), (nint)first, (long)numbers.Length * sizeof(float));
    }
}
