using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Quantization;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Images;

/// <summary>
/// A file in the form that is trained, and back: layers of whole numbers as floats or between pairs, inputs beside the picture held,
/// without an end that only TensorRT computes.
/// </summary>
internal static class FileForm
{
    // Sizes that detectors are exported for, the most frequent first.
    private static readonly (int, int)[] Customary =
    [
        (640, 640), (320, 320), (416, 416), (512, 512), (300, 300), (608, 608), (800, 800), (1024, 1024), (1280, 1280),
        (256, 256), (224, 224), (192, 192), (128, 128), (320, 240), (640, 480),
    ];

    /// <summary>The file as it is trained; itself where it is in that form.</summary>
    /// <param name="model">The file.</param>
    /// <param name="size">Width and height of the pictures, where the file leaves them open.</param>
    /// <exception cref="ModelException">It cannot be brought into that form.</exception>
    public static OnnxModel Open(OnnxModel model, (int Width, int Height)? size = null) =>
        HeldInputs.Hold(IntegerForm.Open(OperatorForm.Open(BlockForm.Open(EmptyParts.Drop(PluginTail.Cut(model))))), size);

    /// <summary>The file in the form that it came in.</summary>
    public static OnnxModel Close(OnnxModel model) => PluginTail.Return(
        BlockForm.Close(OperatorForm.Close(IntegerForm.Close(HeldInputs.Release(model)))));

    /// <summary>
    /// A size that a file with open image axes runs at: of its metadata, else one that is customary; null where none
    /// does.
    /// </summary>
    public static (int Width, int Height)? GuessSize(OnnxModel model)
    {
        (int, int)[] stored = Stored(model) is { } size ? [size] : [];
        foreach (var candidate in stored.Concat(Customary))
            if (Runs(model, candidate))
                return candidate;
        return null;
    }

    /// <summary>Why a file with open image axes cannot be taken at a size that is given; null where it can, or none is given.</summary>
    public static string? SizeProblem(OnnxModel model, (int Width, int Height)? given) =>
        given is not { } size || !IsOpen(model) || Runs(model, size) ? null
            : $"{model.Path}: its image axes are open, but it does not run at {size.Width} x {size.Height}"
                + (GuessSize(model) is var (width, height)
                    ? $"; it does at {width} x {height}, for which its constants (grids of cells, say) were computed: give that size, or "
                        + "export the model for the one you want."
                    : ", nor at any customary size.");

    /// <summary>Why a size that is given cannot be had of a file that fixes another; null where it can, or none is
    /// given.</summary>
    public static string? OtherSize(OnnxModel model, ImageInput input, (int Width, int Height)? given) =>
        given is not var (width, height) || (width, height) == (input.Width, input.Height) ? null
            : $"{model.Path}: its input '{input.Name}' takes pictures of {input.Width} x {input.Height} alone, not of {width} x {height}; "
                + "leave the size out (ImageSize, or --image-size), or export the model for that one.";

    // What has no picture of colours is refused elsewhere.
    private static bool IsOpen(OnnxModel model)
    {
        try
        {
            return ImageInput.IsOpen(model);
        }
        catch (ModelException)
        {
            return false;
        }
    }

    private static bool Runs(OnnxModel model, (int, int) size)
    {
        try
        {
            var open = Open(model, size);
            var input = ImageInput.Read(open, size, orGrey: true);
            Subgraph.Run(open, new Dictionary<string, Tensor> { [input.Name] = input.Probe }, model.OutputNames);
            return true;
        }
        catch (ModelException)
        {
            return false;
        }
    }

    // Ultralytics: imgsz = [height, width].
    private static (int Width, int Height)? Stored(OnnxModel model)
    {
        var text = model.Proto.MetadataProps.LastOrDefault(entry => entry.Key == "imgsz")?.Value.Trim('[', ']', ' ');
        return text?.Split(',') is [var height, var width] && int.TryParse(height, out var h) && int.TryParse(width, out var w)
            && w > 0 && h > 0 ? (w, h) : null;
    }
}
