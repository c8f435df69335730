using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Surgery;

/// <summary>Inputs to look at a model with: one image, all zero.</summary>
internal static class ExampleInputs
{
    /// <summary>Shapes of the inputs: as given, else as declared. An open batch size is 1.</summary>
    /// <exception cref="ModelException">Another dimension is open.</exception>
    public static IReadOnlyDictionary<string, TensorShape> Shapes(
        OnnxModel model, IReadOnlyDictionary<string, TensorShape> given) =>
        model.Inputs.ToDictionary(input => input.Name, input => Shape(model, input, given));

    /// <summary>Zeros of these shapes.</summary>
    public static Dictionary<string, Tensor> Zeros(
        OnnxModel model, IReadOnlyDictionary<string, TensorShape> given) =>
        model.Inputs.ToDictionary(input => input.Name, input => Zero(input, Shape(model, input, given)));

    private static Tensor Zero(ValueInfoProto input, TensorShape shape)
    {
        var type = (ElementType)input.Type.TensorType.ElemType;
        return new(type, shape, new byte[shape.Size * type.Size()]);
    }

    private static TensorShape Shape(
        OnnxModel model, ValueInfoProto input, IReadOnlyDictionary<string, TensorShape> given)
    {
        var declared = input.Type?.TensorType?.Shape?.Dim ?? throw new ModelException(
            $"{model.Path}: input '{input.Name}' is declared without a shape; export it again.");
        var dims = declared.Select((dim, i) => dim is { HasDimValue: true, DimValue: > 0 } ? dim.DimValue
            : i == 0 ? 1 : -1).ToArray();
        if (given.TryGetValue(input.Name, out var shape))
            dims = [.. shape.Select((dim, i) => i == 0 && declared[0].HasDimValue ? dims[0] : dim)];
        return dims.All(dim => dim >= 0) ? new(dims)
            : throw new ModelException($"{model.Path}: input '{input.Name}' has an open shape; give its image size.");
    }
}
