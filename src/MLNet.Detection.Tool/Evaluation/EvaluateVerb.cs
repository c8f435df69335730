using System.CommandLine;
using MLNet.Detection.Segmentation;
using MLNet.Detection.Tool.Terminal;

namespace MLNet.Detection.Tool.Evaluation;

/// <summary>
/// Evaluates detections in COCO's results format against COCO or LVIS annotations: COCO's twelve numbers (or LVIS's
/// thirteen), each category, what is mistaken for what, and which errors cost how much.
/// </summary>
internal sealed class EvaluateVerb : Verb
{
    private readonly Argument<string> _annotations = new("annotations")
    {
        Description = "COCO or LVIS annotation file (JSON); or a data set with masks.",
    };
    private readonly Argument<string> _results = new("results")
    {
        Description = "Detections: a JSON list of image_id, category_id, bbox, score; or a segmentation network that 'train' wrote.",
    };
    private readonly Option<string?> _images = new("--images")
    {
        Description = "Folder of the pictures; the report shows the worst ones.",
    };
    private readonly Option<string[]> _classes = new("--classes")
    {
        Description = "Of masks: names of the classes in the order of their numbers. Without it: as the data set says.",
        AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [],
    };
    private readonly Option<bool> _objects = new("--objects")
    {
        Description = "Of masks: their numbers are those of objects, all of one class.",
    };
    private readonly Option<string?> _split = new("--split") { Description = "Of masks: the part of the data set." };
    private readonly ReportFiles _files = new("Writes all numbers as JSON.",
        "Writes a report with curves, errors and pictures.");

    public EvaluateVerb() : base("evaluate", "Evaluates a file of detections as pycocotools, lvis and TIDE do.")
    {
        Arguments.Add(_annotations);
        Arguments.Add(_results);
        Options.Add(_images);
        Options.Add(_classes);
        Options.Add(_objects);
        Options.Add(_split);
        foreach (var option in _files.All)
            Options.Add(option);
    }

    protected override void Run(ParseResult given, CancellationToken cancel)
    {
        _files.Prepare(given);
        if (Path.GetExtension(given.GetValue(_results)!).Equals(".onnx", StringComparison.OrdinalIgnoreCase))
        {
            if (File.Exists(given.GetValue(_results)) && !SegmenterModel.IsSaved(given.GetValue(_results)!))
                throw new ArgumentException($"{given.GetValue(_results)} is no segmentation network that was trained here; of a detector "
                    + "evaluate its results: predict --annotations ... --coco results.json, then evaluate with that file.");
            var masks = MaskEvaluation.Load(given.GetValue(_annotations)!, given.GetValue(_results)!, new()
            {
                Classes = given.GetValue(_classes)!, AreObjects = given.GetValue(_objects) ? true : null, Split = given.GetValue(_split),
                ImageFolder = given.GetValue(_images),
            }, cancel);
            masks.Show();
            _files.Write(given, (path, _) => masks.WriteJson(path), masks.WriteReport);
            return;
        }
        var evaluation = ResultsEvaluation.Load(given.GetValue(_annotations)!, given.GetValue(_results)!);
        evaluation.Show();
        _files.Write(given, evaluation.WriteJson,
            (path, overwrite) => evaluation.WriteReport(path, given.GetValue(_images), overwrite));
    }
}
