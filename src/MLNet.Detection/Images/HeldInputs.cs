using System.Text.Json;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace MLNet.Detection.Images;

/// <summary>
/// Inputs beside the picture, such as im_shape, scale_factor or orig_target_sizes: held at what a picture of the network's
/// own size gives, so that boxes come out in its pixels. The saved file has them as inputs again.
/// </summary>
internal static class HeldInputs
{
    private const string Key = "detection_mlnet.held_inputs";

    /// <summary>The model with its other inputs as stored tensors; itself where it has none.</summary>
    /// <exception cref="ModelException">What an input means is not known.</exception>
    public static OnnxModel Hold(OnnxModel model, (int Width, int Height)? size)
    {
        if (model.Inputs.Count < 2)
            return model;
        var (image, copy, held) = (ImageInput.Read(model, size), model.Clone(), new List<string>());
        foreach (var input in model.Inputs.Where(input => input.Name != image.Name))
        {
            copy.Proto.Graph.Initializer.Add(Value(model, input, image).ToProto(input.Name));
            held.Add(input.Name);
        }
        copy.Proto.MetadataProps.Add(new StringStringEntryProto { Key = Key, Value = JsonSerializer.Serialize(held) });
        return copy;
    }

    /// <summary>The model with its own inputs again; itself where none is held.</summary>
    public static OnnxModel Release(OnnxModel model)
    {
        var names = Names(model);
        if (names.Count == 0)
            return model;
        var copy = model.Clone();
        foreach (var tensor in copy.Proto.Graph.Initializer.Where(tensor => names.Contains(tensor.Name)).ToList())
            copy.Proto.Graph.Initializer.Remove(tensor);
        copy.Proto.MetadataProps.Remove(copy.Proto.MetadataProps.Last(entry => entry.Key == Key));
        return copy;
    }

    /// <summary>Names of the inputs that are held.</summary>
    public static IReadOnlyList<string> Names(OnnxModel model) =>
        model.Proto.MetadataProps.LastOrDefault(entry => entry.Key == Key)?.Value is { } json
            ? JsonSerializer.Deserialize<string[]>(json)! : [];

    // Two numbers are the picture's size, height first as in PaddleDetection's im_shape and image_shape, width first as in
    // the orig_target_sizes of RT-DETR and its kin, or the scale that the picture was resized by; three are Paddle's
    // im_info: height, width, scale.
    private static Tensor Value(OnnxModel model, ValueInfoProto input, ImageInput image)
    {
        var (type, dims) = ImageInput.Declared(input);
        var shape = new TensorShape([.. dims.Select((dim, i) => i == 0 ? Math.Abs(dim) : Math.Max(dim, 0))]);
        bool Has(string word) => input.Name.Contains(word, StringComparison.OrdinalIgnoreCase);
        float[]? numbers = dims.Skip(1).Any(dim => dim < 0) ? null : shape.Size switch
            {
                1 when Has("scale") => [1],
                2 when Has("scale") || Has("factor") || Has("ratio") => [1, 1],
                2 when Has("target") || Has("orig") => [image.Width, image.Height],
                2 => [image.Height, image.Width],
                3 when Has("info") => [image.Height, image.Width, 1],
                4 when Has("scale") || Has("factor") || Has("ratio") => [1, 1, 1, 1],
                _ => null,
            };
        return numbers is null ? throw Unknown(model, input, type, dims) : type switch
        {
            ElementType.Float32 => Tensor.Of<float>(shape, numbers),
            ElementType.Float16 => Tensor.Of<Half>(shape, [.. numbers.Select(number => (Half)number)]),
            ElementType.Float64 => Tensor.Of<double>(shape, [.. numbers.Select(number => (double)number)]),
            ElementType.Int64 => Tensor.Of<long>(shape, [.. numbers.Select(number => (long)number)]),
            ElementType.Int32 => Tensor.Of<int>(shape, [.. numbers.Select(number => (int)number)]),
            _ => throw Unknown(model, input, type, dims),
        };
    }

    private static ModelException Unknown(OnnxModel model, ValueInfoProto input, ElementType type, long[] dims) => new(
        $"{model.Path}: beside the picture the file takes '{input.Name}' {type} [{string.Join(", ", dims)}], expected "
        + "the picture's size or scale in two numbers, such as im_shape, scale_factor or orig_target_sizes; export the "
        + "model without that input, or with its value as a constant.");
}
