using System.CommandLine;
using MLNet.Detection.Detectors;
using MLNet.Detection.Evaluation;
using MLNet.Detection.Images;
using MLNet.Detection.Segmentation;
using MLNet.Detection.Tool.Terminal;
using OnnxGraphs.Runtime;

namespace MLNet.Detection.Tool.Prediction;

/// <summary>Finds objects in pictures and writes them as JSON, as COCO results and as pictures with frames.</summary>
internal sealed class PredictVerb : Verb
{
    private readonly Argument<string> _model = new("model")
    {
        Description = "ONNX file that 'train' or the library wrote.",
    };
    private readonly Argument<string[]> _pictures = new("pictures")
    {
        Description = "Pictures, and folders of pictures.", Arity = ArgumentArity.ZeroOrMore,
    };
    private readonly Option<string?> _annotations = new("--annotations")
    {
        Description = "Takes the pictures that this COCO file names, below --images; --coco needs it.",
    };
    private readonly Option<string?> _images = new("--images")
    {
        Description = "Folder of those pictures. Without it: the folder of --annotations.",
    };
    private readonly Option<string?> _json = new("--json")
    {
        Description = "Writes the objects as JSON. Without it, --coco and --boxes: to the output stream.",
    };
    private readonly Option<string?> _coco = new("--coco")
    {
        Description = "Writes COCO results, whatever the score, for 'evaluate'.",
    };
    private readonly Option<string?> _boxes = new("--boxes")
    {
        Description = "Folder for copies of the pictures with frames round the objects.",
    };
    private readonly Option<string?> _masks = new("--masks")
    {
        Description = "Folder for the classes of pixels as PNG, of a segmentation network; --boxes writes them over the pictures, "
            + "--coco the objects with outlines as annotations.",
    };
    private readonly Option<float> _threshold = new("--threshold")
    {
        Description = "The least score of objects that --json and --boxes show.", DefaultValueFactory = _ => 0.3f,
    };
    private readonly Option<string> _device = new("--device")
    {
        Description = "cpu, cuda or cuda:N, dml or dml:N, coreml.", DefaultValueFactory = _ => "cpu",
    };
    private readonly Option<int> _batch = new("--batch")
    {
        Description = "Pictures of a run of the network.", DefaultValueFactory = _ => 8,
    };
    private readonly Option<int?> _window = new("--window")
    {
        Description = "Also looks at square windows of this side, pixels: for small objects in large pictures.",
    };
    private readonly Option<double> _overlap = new("--overlap")
    {
        Description = "The part of a window that it shares with the next.", DefaultValueFactory = _ => new DetectionViews().Overlap,
    };
    private readonly Option<bool> _mirrored = new("--tta")
    {
        Description = "Also looks at mirrored pictures (and windows), and averages (test-time augmentation).",
    };
    private readonly Option<bool> _overwrite = new("--overwrite") { Description = "Replace files that exist." };

    public PredictVerb() : base("predict", "Finds objects in pictures, or the class of each of their pixels.")
    {
        Arguments.Add(_model);
        Arguments.Add(_pictures);
        foreach (var option in new Option[]
            { _annotations, _images, _json, _coco, _boxes, _masks, _threshold, _device, _batch, _window, _overlap, _mirrored, _overwrite })
            Options.Add(option);
    }

    protected override bool EndsByItself => true;

    protected override void Run(ParseResult given, CancellationToken cancel)
    {
        AtLeast(given, _batch, 1);
        Between(given, _threshold, 0f, 1f);
        Needs(given, _window, _overlap);
        if (SegmenterModel.IsSaved(given.GetValue(_model)!))
        {
            if (given.GetValue(_window) is not null || given.GetValue(_mirrored))
                throw new ArgumentException("--window and --tta are for detectors; a segmentation network has its windows in its file "
                    + "(train --tiles).");
            new MaskPredictions(given.GetValue(_masks), given.GetValue(_boxes), given.GetValue(_coco), given.GetValue(_json),
                given.GetValue(_overwrite)).Run(given.GetValue(_model)!, Found(given.GetValue(_pictures)!),
                given.GetValue(_batch), Device.Parse(given.GetValue(_device)!), cancel);
            return;
        }
        if (given.GetValue(_masks) is not null)
            throw new ArgumentException("--masks is for segmentation networks; a detector's pictures with frames go to --boxes.");
        var annotations = given.GetValue(_annotations) is { } file ? CocoAnnotations.Load(file) : null;
        if (given.GetValue(_coco) is not null && annotations is null)
            throw new ArgumentException("--coco needs --annotations, for the ids of pictures and categories.");
        var (pictures, boxes) = (Pictures(given, annotations), new PictureFolder("--boxes", given.GetValue(_boxes), ".jpg"));
        OutputPath.KeepApart(
            [new("the model", given.GetValue(_model)), new("--annotations", annotations?.Path), .. PictureFile.Read(pictures)],
            [new("--json", given.GetValue(_json)), new("--coco", given.GetValue(_coco)), .. boxes.Of(pictures)]);
        OutputPath.Prepare(given.GetValue(_overwrite), given.GetValue(_coco), given.GetValue(_json));
        boxes.Prepare(pictures, given.GetValue(_overwrite));
        if (annotations is null)
            pictures = PictureFile.ToldApart(pictures);
        var model = DetectorModel.Load(given.GetValue(_model)!);
        Warn(model);
        // What does not fit is said before the work.
        var ids = annotations is null || given.GetValue(_coco) is null ? [] : PredictionFiles.Ids(model.Classes, annotations);
        using var predictions = new PicturePredictions(
            model, given.GetValue(_batch), Device.Parse(given.GetValue(_device)!), Views(given));
        using var encoder = new ImageEncoder(ImageFormat.Jpeg);
        var predicted = predictions.Of(pictures, (picture, image) => boxes.Write(
            picture.File, () => encoder.Encode(BoxFrames.Draw(image, Shown(given, picture)))), cancel).ToList();
        foreach (var problem in predicted.Select(picture => picture.Problem).OfType<string>())
            Console.Error.WriteLine($"Skipped: {problem}");
        if (given.GetValue(_coco) is { } results)
            CocoResults.Save(PredictionFiles.Results(predicted, ids), results, given.GetValue(_overwrite));
        WriteJson(given, predicted, model.Classes);
        if (predicted.TrueForAll(picture => picture.Problem is not null))
            throw new IOException($"None of {predicted.Count} pictures can be read.");
    }

    private DetectionViews Views(ParseResult given) => new()
    {
        Window = given.GetValue(_window), Overlap = given.GetValue(_overlap), Mirrored = given.GetValue(_mirrored),
    };

    private IReadOnlyList<PictureFile> Pictures(ParseResult given, CocoAnnotations? annotations)
    {
        var paths = given.GetValue(_pictures)!;
        if (paths.Length > 0 == annotations is not null)
            throw new ArgumentException("Expected pictures or folders, or --annotations in their place.");
        return annotations is null ? Found(paths)
            : PictureFile.Of(annotations, given.GetValue(_images) ?? Path.GetDirectoryName(annotations.Path) ?? "");
    }

    private static IReadOnlyList<PictureFile> Found(string[] paths)
    {
        // A folder, and once more a folder or picture in it: each picture once.
        List<PictureFile> found = [.. paths.SelectMany(PictureFile.Of).DistinctBy(picture => Path.GetFullPath(picture.Path))];
        foreach (var path in paths.Distinct())
            if (PictureFile.LeftOut(path) is { Count: > 0 } others)
                Console.Error.WriteLine($"Left out: {others.Count} files of {path} that end in {string.Join(", ", others
                    .Select(file => Path.GetExtension(file).ToLowerInvariant()).Distinct().Order())}, which cannot be read; "
                    + "save them as PNG or JPEG.");
        return found;
    }

    private void WriteJson(ParseResult given, IEnumerable<PredictedPicture> predicted, IReadOnlyList<string> classes)
    {
        var shown = predicted.Select(picture => picture with { Objects = Shown(given, picture) });
        if (given.GetValue(_json) is { } path)
        {
            using var file = new FileStream(
                path, given.GetValue(_overwrite) ? FileMode.Create : FileMode.CreateNew);
            PredictionFiles.WriteJson(file, shown, classes);
        }
        else if (given.GetValue(_coco) is null && given.GetValue(_boxes) is null)
        {
            using var output = Console.OpenStandardOutput();
            PredictionFiles.WriteJson(output, shown, classes);
        }
    }

    private List<Scoring.DetectedObject> Shown(ParseResult given, PredictedPicture picture) =>
        [.. picture.Objects.Where(found => found.Score >= given.GetValue(_threshold))];
}
