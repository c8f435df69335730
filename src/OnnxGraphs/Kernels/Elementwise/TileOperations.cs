using System.Numerics.Tensors;
using OnnxGraphs.Graphs;

namespace OnnxGraphs.Kernels.Elementwise;

/// <summary>
/// The elementwise operators of ONNX on tiles, by operator type; truth values are 0 and 1. Of a type with "Scalar" in
/// its name, that operand is one number.
/// </summary>
internal sealed unsafe class TileOperations
{
    private readonly Dictionary<string, TileOperation> _plain = new()
    {
        ["Add"] = (a, b, _, y, n) => TensorPrimitives.Add(In(a, n), In(b, n), Out(y, n)),
        ["Sub"] = (a, b, _, y, n) => TensorPrimitives.Subtract(In(a, n), In(b, n), Out(y, n)),
        ["Mul"] = (a, b, _, y, n) => TensorPrimitives.Multiply(In(a, n), In(b, n), Out(y, n)),
        ["Div"] = (a, b, _, y, n) => TensorPrimitives.Divide(In(a, n), In(b, n), Out(y, n)),
        ["Max"] = (a, b, _, y, n) => TensorPrimitives.Max(In(a, n), In(b, n), Out(y, n)),
        ["Min"] = (a, b, _, y, n) => TensorPrimitives.Min(In(a, n), In(b, n), Out(y, n)),
        ["AddScalar"] = (a, b, _, y, n) => TensorPrimitives.Add(In(a, n), *b, Out(y, n)),
        ["SubScalar"] = (a, b, _, y, n) => TensorPrimitives.Subtract(In(a, n), *b, Out(y, n)),
        ["MulScalar"] = (a, b, _, y, n) => TensorPrimitives.Multiply(In(a, n), *b, Out(y, n)),
        ["DivScalar"] = (a, b, _, y, n) => TensorPrimitives.Divide(In(a, n), *b, Out(y, n)),
        ["MaxScalar"] = (a, b, _, y, n) => TensorPrimitives.Max(In(a, n), *b, Out(y, n)),
        ["MinScalar"] = (a, b, _, y, n) => TensorPrimitives.Min(In(a, n), *b, Out(y, n)),
        ["ScalarSub"] = (a, b, _, y, n) => TensorPrimitives.Subtract(*a, In(b, n), Out(y, n)),
        ["ScalarDiv"] = (a, b, _, y, n) => TensorPrimitives.Divide(*a, In(b, n), Out(y, n)),
        ["Fill"] = (a, _, _, y, n) => Out(y, n).Fill(*a),
        ["Copy"] = (a, _, _, y, n) => In(a, n).CopyTo(Out(y, n)),
        ["Neg"] = (a, _, _, y, n) => TensorPrimitives.Negate(In(a, n), Out(y, n)),
        ["Abs"] = (a, _, _, y, n) => TensorPrimitives.Abs(In(a, n), Out(y, n)),
        ["Exp"] = (a, _, _, y, n) => TensorPrimitives.Exp(In(a, n), Out(y, n)),
        ["Log"] = (a, _, _, y, n) => TensorPrimitives.Log(In(a, n), Out(y, n)),
        ["Sqrt"] = (a, _, _, y, n) => TensorPrimitives.Sqrt(In(a, n), Out(y, n)),
        ["Reciprocal"] = (a, _, _, y, n) => TensorPrimitives.Divide(1f, In(a, n), Out(y, n)),
        ["Sigmoid"] = (a, _, _, y, n) => TensorPrimitives.Sigmoid(In(a, n), Out(y, n)),
        ["Tanh"] = (a, _, _, y, n) => TensorPrimitives.Tanh(In(a, n), Out(y, n)),
        ["Relu"] = (a, _, _, y, n) => TensorPrimitives.Max(In(a, n), 0f, Out(y, n)),
        ["Square"] = (a, _, _, y, n) => TensorPrimitives.Multiply(In(a, n), In(a, n), Out(y, n)),
        ["Not"] = (a, _, _, y, n) => TensorPrimitives.Subtract(1f, In(a, n), Out(y, n)),
        ["And"] = (a, b, _, y, n) => TensorPrimitives.Multiply(In(a, n), In(b, n), Out(y, n)),
        ["Or"] = (a, b, _, y, n) => TensorPrimitives.Max(In(a, n), In(b, n), Out(y, n)),
        ["HardSwish"] = (a, _, _, y, n) => VectorLoop.Run(default(VectorOperations.HardSwish), a, y, n),
        ["Sign"] = (a, _, _, y, n) => VectorLoop.Run(default(VectorOperations.Sign), a, y, n),
        ["PRelu"] = (a, b, _, y, n) => VectorLoop.Run(new VectorOperations.LeakyRelu(null), a, b, y, n),
        ["Equal"] = (a, b, _, y, n) => VectorLoop.Run(default(VectorOperations.Equal), a, b, y, n),
        ["Greater"] = (a, b, _, y, n) => VectorLoop.Run(default(VectorOperations.Greater), a, b, y, n),
        ["Less"] = (a, b, _, y, n) => VectorLoop.Run(default(VectorOperations.Greater), b, a, y, n),
        ["GreaterOrEqual"] = (a, b, _, y, n) => VectorLoop.Run(default(VectorOperations.GreaterOrEqual), a, b, y, n),
        ["LessOrEqual"] = (a, b, _, y, n) => VectorLoop.Run(default(VectorOperations.GreaterOrEqual), b, a, y, n),
        ["Where"] = (a, b, c, y, n) => VectorLoop.Run(default(VectorOperations.Where), a, b, c, y, n),
    };

    /// <summary>The operation of a type with these attributes; null where it is not known.</summary>
    public TileOperation? Find(string op, Attributes attributes) => op switch
    {
        "HardSigmoid" => HardSigmoid(new(attributes.Float("alpha", 0.2f), attributes.Float("beta", 0.5f))),
        "LeakyRelu" => LeakyRelu(new(attributes.Float("alpha", 0.01f))),
        _ => _plain.GetValueOrDefault(op),
    };

    private static TileOperation HardSigmoid(VectorOperations.HardSigmoid op) =>
        (a, _, _, y, n) => VectorLoop.Run(op, a, y, n);

    private static TileOperation LeakyRelu(VectorOperations.LeakyRelu op) =>
        (a, _, _, y, n) => VectorLoop.Run(op, a, y, n);

    private static ReadOnlySpan<float> In(float* from, int count) => new(from, count);

    private static Span<float> Out(float* to, int count) => new(to, count);
}
