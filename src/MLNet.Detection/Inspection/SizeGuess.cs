using System.Globalization;
using System.Text.RegularExpressions;
using MLNet.Detection.Images;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Inspection;

/// <summary>A size of pictures for files that leave it open: what the metadata say, else a customary one that runs.</summary>
internal static partial class SizeGuess
{
    private static readonly (int Width, int Height)[] Customary =
        [(640, 640), (320, 320), (416, 416), (512, 512), (320, 240)];

    /// <summary>The input at the first size at which the model runs; null where it runs at none.</summary>
    public static ImageInput? Of(OnnxModel model) =>
        Stored(model).Concat(Customary).Select(size => At(model, size)).FirstOrDefault(input => input is not null);

    // Ultralytics writes "imgsz" as [height, width].
    private static IEnumerable<(int Width, int Height)> Stored(OnnxModel model) => model.Proto.MetadataProps
        .Where(entry => entry.Key == "imgsz")
        .Select(entry => Numbers().Matches(entry.Value).Select(number => Pixels(number.Value)).ToArray())
        .Where(sides => sides is [> 0, > 0]).Select(sides => (sides[1], sides[0]));

    private static int Pixels(string digits) => int.TryParse(digits, CultureInfo.InvariantCulture, out var side) ? side : 0;

    private static ImageInput? At(OnnxModel model, (int Width, int Height) size)
    {
        try
        {
            var input = ImageInput.Read(model, size);
            Subgraph.Run(model, new Dictionary<string, Tensor> { [input.Name] = input.Zeros }, model.OutputNames);
            return input;
        }
        catch (Exception error) when (error is ModelException or GraphException)
        {
            return null;
        }
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Numbers();
}
