using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using MLNet.Detection.Data;
using MLNet.Detection.Images;
using MLNet.Detection.Masks;
using MLNet.Detection.Segmentation;
using OnnxGraphs.Runtime;
using MLNet.Detection.Tool.Terminal;

namespace MLNet.Detection.Tool.Prediction;

/// <summary>What a segmentation network says of picture files, and the files that it is written to.</summary>
internal sealed class MaskPredictions(string? masks, string? overlays, string? coco, string? json, bool overwrite)
{
    private static readonly JsonSerializerOptions Readable =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public void Run(string model, IReadOnlyList<PictureFile> files, int batch, Device device, CancellationToken cancel)
    {
        if (files.Count == 0)
            throw new ArgumentException("Expected pictures or folders of pictures.");
        OutputPath.Prepare(overwrite, coco, json);
        using var segmenter = new Segmenter(SegmenterModel.Load(model), batch, device);
        Verb.Warn(segmenter.Model);
        using ImageDecoder decoder = new();
        using ImageEncoder encoder = new(ImageFormat.Jpeg);
        var (shown, images, boxes) = (new JsonArray(), new List<LabeledImage>(), 0L);
        foreach (var file in files)
        {
            cancel.ThrowIfCancellationRequested();
            try
            {
                var picture = decoder.DecodeFile(file.Path);
                var map = segmenter.Segment(picture).Labels;
                Write(masks, Path.ChangeExtension(file.Name, ".png"), ".png", () => LabelPngWriter.Classes(map));
                Write(overlays, file.Name, encoder.Extension, () => encoder.Encode(MaskOverlay.Draw(picture, map)));
                var found = MaskObjects.Of(map).Select(box => box with { Id = ++boxes }).ToList();
                images.Add(new(images.Count + 1, file.Name, file.Path, picture.Width, picture.Height, found));
                shown.Add(Entry(file, map, found, segmenter.Model.Classes));
            }
            catch (UnreadableImageException error)
            {
                Console.Error.WriteLine($"Skipped: {error.Message}");
            }
        }
        if (images.Count == 0)
            throw new IOException($"None of {files.Count} pictures can be read.");
        if (coco is not null)
            CocoDataset.Save(new(coco, segmenter.Model.Classes.Select((name, i) => new Category(i + 1, name)), images), coco, overwrite);
        if (json is not null)
            File.WriteAllText(json, shown.ToJsonString(Readable));
        else if (masks is null && overlays is null && coco is null)
            Console.Out.WriteLine(shown.ToJsonString(Readable));
    }

    private void Write(string? folder, string name, string ending, Func<byte[]> content)
    {
        if (folder is null)
            return;
        var path = PredictVerb.PathIn(folder, name, ending);
        if (!overwrite && File.Exists(path))
            throw new IOException($"{path} exists; give another folder, or --overwrite.");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content());
    }

    private static JsonObject Entry(PictureFile file, LabelMap map, List<LabeledBox> found, IReadOnlyList<string> classes) => new()
    {
        ["picture"] = file.Name, ["width"] = map.Width, ["height"] = map.Height,
        ["classes"] = new JsonArray([.. classes.Select((name, i) => (JsonNode)new JsonObject
        {
            ["class"] = name, ["pixels"] = map.Classes.LongCount(number => number == i + 1),
            ["objects"] = found.Count(box => box.Category == i),
        })]),
    };
}
