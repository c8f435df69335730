using System.Globalization;
using MLNet.Detection.Inspection;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

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
    /// <summary>Colours of a pixel: 3, or 1 for grey.</summary>
    public int Channels { get; init; } = 3;

    /// <summary>Shape for one picture.</summary>
    public TensorShape Shape => new([.. HasBatch ? [1L] : Array.Empty<long>(),
        .. ChannelsLast ? (long[])[Height, Width, Channels] : [Channels, Height, Width]]);

    /// <summary>The axes of height and width.</summary>
    internal (int Height, int Width) Axes => ChannelsLast ? (Shape.Rank - 3, Shape.Rank - 2) : (Shape.Rank - 2, Shape.Rank - 1);

    /// <summary>A black picture.</summary>
    internal Tensor Zeros => new(Type, Shape, new byte[Shape.Size * Type.Size()]);

    /// <summary>A picture of noise, from 0 to 1 where the input takes floats.</summary>
    internal Tensor Probe
    {
        get
        {
            var bytes = new byte[Shape.Size];
            new Random(7).NextBytes(bytes);
            return Type switch
            {
                ElementType.UInt8 => Tensor.Of<byte>(Shape, bytes),
                ElementType.Float16 => Tensor.Of<Half>(Shape, [.. bytes.Select(b => (Half)(b / 256f))]),
                _ => Tensor.Of<float>(Shape, [.. bytes.Select(b => b / 256f)]),
            };
        }
    }

    /// <summary>The shape by the input's name, as readers of models take it.</summary>
    public IReadOnlyDictionary<string, TensorShape> Shapes => new Dictionary<string, TensorShape> { [Name] = Shape };

    /// <summary>Reads a size in pixels, for example <c>640x480</c>, width first.</summary>
    /// <exception cref="ArgumentException">The text is no such size.</exception>
    public static (int Width, int Height) ParseSize(string text) =>
        text.Split('x') is [var width, var height] && int.TryParse(width, CultureInfo.InvariantCulture, out var w)
            && int.TryParse(height, CultureInfo.InvariantCulture, out var h) && w > 0 && h > 0 ? (w, h)
        : throw new ArgumentException($"The image size is '{text}'; expected WIDTHxHEIGHT, for example 640x480.");

    /// <summary>Reads the declaration.</summary>
    /// <param name="model">The model. Of several inputs the one that can be a picture counts.</param>
    /// <param name="size">Width and height in pixels, where the file leaves them open.</param>
    /// <param name="orGrey">Whether pictures of one channel will do.</param>
    /// <exception cref="ModelException">No input is a picture, or several are.</exception>
    public static ImageInput Read(OnnxModel model, (int Width, int Height)? size = null, bool orGrey = false)
    {
        var input = Picture(model, orGrey);
        var (type, dims) = Declared(input);
        var (picture, last) = (dims[^3..], IsLast(dims) || IsGreyLast(dims));
        var (width, height) = ((int)picture[last ? 1 : 2], (int)picture[last ? 0 : 1]);
        (width, height) = (width > 0 ? width : size?.Width ?? 0, height > 0 ? height : size?.Height ?? 0);
        return width > 0 && height > 0
            ? new(input.Name, type, width, height, dims.Length == 4, last) { Channels = picture[last ? 2 : 0] == 1 ? 1 : 3 }
            : throw new ModelException($"{model.Path}: the input '{input.Name}' leaves the image size open; give it "
                + "(ImageSize, or --image-size WIDTHxHEIGHT).");
    }

    /// <summary>The input that takes pictures, found by type and shape.</summary>
    /// <exception cref="ModelException">No input is a picture, or several are.</exception>
    internal static ValueInfoProto Picture(OnnxModel model, bool orGrey = false)
    {
        List<ValueInfoProto> pictures = [.. model.Inputs.Where(input => IsPicture(input, orGrey))];
        if (pictures.Count == 1)
            return pictures[0];
        var found = string.Join(", ", model.Inputs.Select(input =>
            $"'{input.Name}' {Declared(input).Type} [{string.Join(", ", Declared(input).Dims)}]"));
        throw new ModelException($"{model.Path}: the input {(found.Length > 0 ? found : "is missing")}, expected one of "
            + "Float32, Float16 or UInt8 [batch, 3, height, width] or [batch, height, width, 3], the batch axis "
            + $"optional{(pictures.Count > 1 ? $"; found {pictures.Count}" : "")}. Export the model with such an input.");
    }

    /// <summary>Whether the file leaves the picture's width or height open.</summary>
    internal static bool IsOpen(OnnxModel model) =>
        Declared(Picture(model, !model.Inputs.Any(input => IsPicture(input, orGrey: false)))).Dims[^3..] is var dims
        && (dims[0] == 3 ? dims[1..] : IsLast(dims) || IsGreyLast(dims) ? dims[..2] : dims[1..])
            .Any(dim => dim < 0);

    /// <summary>Type and shape of an input; open dimensions, those stored as -1 or 0 among them, are -1.</summary>
    internal static (ElementType Type, long[] Dims) Declared(ValueInfoProto input) =>
        ((ElementType)(input.Type?.TensorType?.ElemType ?? 0), input.Type?.TensorType?.Shape?.Dim
            .Select(dim => dim.HasDimValue && dim.DimValue > 0 ? dim.DimValue : -1).ToArray() ?? []);

    private static bool IsPicture(ValueInfoProto input, bool orGrey)
    {
        var (type, dims) = Declared(input);
        return type is ElementType.Float32 or ElementType.Float16 or ElementType.UInt8
            && dims.Length is 3 or 4 && (IsLast(dims) || dims[^3] is 3 or -1
                || orGrey && (dims[^3] == 1 || IsGreyLast(dims)));
    }

    private static bool IsLast(long[] dims) => dims[^3..] is [not 3, _, 3];

    private static bool IsGreyLast(long[] dims) => dims[^3..] is [not (3 or 1), _, 1];
}
