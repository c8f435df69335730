using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using MLNet.Detection.Data;
using MLNet.Detection.Images;
using MLNet.Detection.Masks;
using MLNet.Detection.Segmentation;
using MLNet.Detection.Tool.Terminal;
using OnnxGraphs.Runtime;

namespace MLNet.Detection.Tool.Prediction;

/// <summary>What a segmentation network says of picture files, and the files that it is written to.</summary>
internal sealed class MaskPredictions(string? masks, string? overlays, string? coco, string? json, bool overwrite)
{
    private static readonly JsonSerializerOptions Readable =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly PictureFolder _masks = new("--masks", masks, ".png", Replaces: true), _overlays = new("--boxes", overlays, ".jpg");

    public void Run(string model, IReadOnlyList<PictureFile> files, int batch, Device device, CancellationToken cancel)
    {
        if (files.Count == 0)
            throw new ArgumentException("Expected pictures or folders of pictures.");
        OutputPath.KeepApart([new("the model", model), .. PictureFile.Read(files)],
            [new("--json", json), new("--coco", coco), .. _masks.Of(files), .. _overlays.Of(files)]);
        OutputPath.Prepare(overwrite, coco, json);
        _masks.Prepare(files, overwrite);
        _overlays.Prepare(files, overwrite);
        files = PictureFile.ToldApart(files);
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
                _masks.Write(file, () => LabelPngWriter.Classes(map));
                _overlays.Write(file, () => encoder.Encode(MaskOverlay.Draw(picture, map)));
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
