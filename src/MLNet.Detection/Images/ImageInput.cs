using System.Globalization;
using MLNet.Detection.Inspection;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;

namespace MLNet.Detection.Images;

/// <summary>The image input of a file, as it is declared.</summary>
/// <param name="Name">Name of the input.</param>
/// <param name="Type">Element type, <see cref="ElementType.Float32"/> in most files.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="HasBatch">Whether the first axis counts pictures; else the input is one picture.</param>
/// <param name="ChannelsLast">Whether the three colours are the last axis (Keras), not the one before height.</param>
public sealed record ImageInput(
    string Name, ElementType Type, int Width, int Height, bool HasBatch = true, bool ChannelsLast = false)
{
    /// <summary>Shape for one picture.</summary>
    public TensorShape Shape => new(
        [.. HasBatch ? [1L] : Array.Empty<long>(), .. ChannelsLast ? (long[])[Height, Width, 3] : [3, Height, Width]]);

    /// <summary>A black picture.</summary>
    internal Tensor Zeros => new(Type, Shape, new byte[Shape.Size * Type.Size()]);

    /// <summary>The shape by the input's name, as readers of models take it.</summary>
    public IReadOnlyDictionary<string, TensorShape> Shapes => new Dictionary<string, TensorShape> { [Name] = Shape };

    /// <summary>Reads a size in pixels, for example <c>640x480</c>, width first.</summary>
    /// <exception cref="ArgumentException">The text is no such size.</exception>
    public static (int Width, int Height) ParseSize(string text) =>
        text.Split('x') is [var width, var height] && int.TryParse(width, CultureInfo.InvariantCulture, out var w)
            && int.TryParse(height, CultureInfo.InvariantCulture, out var h) && w > 0 && h > 0 ? (w, h)
        : throw new ArgumentException($"The image size is '{text}'; expected WIDTHxHEIGHT, for example 640x480.");

    /// <summary>Reads the declaration.</summary>
    /// <param name="model">The model.</param>
    /// <param name="size">Width and height in pixels, where the file leaves them open.</param>
    /// <exception cref="ModelException">The model has several inputs, or its input is no picture.</exception>
    public static ImageInput Read(OnnxModel model, (int Width, int Height)? size = null)
    {
        if (model.Inputs is not [{ } input])
            throw new ModelException($"{model.Path}: expected one input, the images; found {model.Inputs.Count}.");
        var type = (ElementType)(input.Type?.TensorType?.ElemType ?? 0);
        var dims = input.Type?.TensorType?.Shape?.Dim.Select(dim => dim.HasDimValue && dim.DimValue > 0 ? dim.DimValue
            : -1).ToArray() ?? [];
        var (batch, picture) = (dims.Length == 4, dims.Length >= 3 ? dims[^3..] : []);
        var last = picture is [not 3, _, 3];
        if (dims.Length is not (3 or 4) || !last && picture[0] is not (3 or -1)
            || type is not (ElementType.Float32 or ElementType.Float16 or ElementType.UInt8))
            throw new ModelException(
                $"{model.Path}: the input '{input.Name}' is {type} [{string.Join(", ", dims)}], expected Float32 or "
                + "UInt8 [batch, 3, height, width] or [batch, height, width, 3], the batch axis optional.");
        var (width, height) = ((int)picture[last ? 1 : 2], (int)picture[last ? 0 : 1]);
        (width, height) = (width > 0 ? width : size?.Width ?? 0, height > 0 ? height : size?.Height ?? 0);
        return width > 0 && height > 0 ? new(input.Name, type, width, height, batch, last) : throw new ModelException(
            $"{model.Path}: the input '{input.Name}' leaves the image size open; give it "
            + "(ImageSize, or --image-size WIDTHxHEIGHT).");
    }
}
