using System.CommandLine;
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
        Description = "COCO or LVIS annotation file (JSON).",
    };
    private readonly Argument<string> _results = new("results")
    {
        Description = "Detections: a JSON list of image_id, category_id, bbox, score.",
    };
    private readonly Option<string?> _images = new("--images")
    {
        Description = "Folder of the pictures; the report shows the worst ones.",
    };
    private readonly ReportFiles _files = new("Writes all numbers as JSON.",
        "Writes a report with curves, errors and pictures.");

    public EvaluateVerb() : base("evaluate", "Evaluates a file of detections as pycocotools, lvis and TIDE do.")
    {
        Arguments.Add(_annotations);
        Arguments.Add(_results);
        Options.Add(_images);
        foreach (var option in _files.All)
            Options.Add(option);
    }

    protected override void Run(ParseResult given, CancellationToken cancel)
    {
        var evaluation = ResultsEvaluation.Load(given.GetValue(_annotations)!, given.GetValue(_results)!);
        evaluation.Show();
        _files.Write(given, evaluation.WriteJson,
            (path, overwrite) => evaluation.WriteReport(path, given.GetValue(_images), overwrite));
    }
}
