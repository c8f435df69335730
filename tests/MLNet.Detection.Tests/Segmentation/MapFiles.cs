using Microsoft.ML;
using MLNet.Detection.Data;
using MLNet.Detection.Images;
using MLNet.Detection.Masks;
using MLNet.Detection.Segmentation;
using MLNet.Detection.Tests.Data;

namespace MLNet.Detection.Tests.Segmentation;

/// <summary>The exports of tests/Exports/segmentation.py, and their two pictures with masks of two classes.</summary>
internal static class MapFiles
{
    public static readonly string[] All =
        ["unet", "unet_crop", "fcn", "fcn_quarter", "fcn_softmax", "fcn_sigmoid", "fcn_argmax", "fcn_last"];

    public static string Path(string name) => References.PathOf("segmentation", name + ".onnx");

    /// <summary>The pictures; for a net of one class both classes are that one.</summary>
    public static DetectionDataView Data(TemporaryFolder folder, string net)
    {
        var (from, to) = (References.PathOf("segmentation", ""), folder.File(net));
        Directory.CreateDirectory(System.IO.Path.Combine(to, "images"));
        Directory.CreateDirectory(System.IO.Path.Combine(to, "masks"));
        for (var i = 0; i < 2; i++)
        {
            File.Copy(System.IO.Path.Combine(from, "images", $"{i}.png"), System.IO.Path.Combine(to, "images", $"{i}.png"), true);
            var stored = LabelPng.ReadFile(System.IO.Path.Combine(from, "masks", $"{i}.png"));
            var map = new LabelMap(stored.Width, stored.Height, [.. stored.Numbers.Select(number =>
                (byte)(Classes(net).Length == 1 && number == 2 ? 1 : number))]);
            File.WriteAllBytes(System.IO.Path.Combine(to, "masks", $"{i}.png"), LabelPngWriter.Classes(map));
        }
        return new MLContext(1).Detection().LoadMasks(to, new() { Classes = Classes(net) });
    }

    public static string[] Classes(string net) => net == "unet" ? ["thing"] : ["one", "two"];

    public static SegmenterModel Import(string net) =>
        new SegmenterImport { Classes = Classes(net), Normalization = Normalization.Unit }.Load(Path(net));
}
