using System.Globalization;
using MLNet.Detection.Evaluation;
using MLNet.Detection.Tool.Terminal;

namespace MLNet.Detection.Tool.Evaluation;

/// <summary>Says which detections cannot be right. They are evaluated all the same, as pycocotools does.</summary>
internal static class ResultsCheck
{
    /// <summary>One line for each kind, with the count and the first place.</summary>
    public static void Warn(string file, IReadOnlyList<DetectionResult> results, CocoAnnotations annotations)
    {
        var ids = annotations.Categories.Select(category => category.Id).ToHashSet();
        Tell(file, results, result => !(result.Box.Width > 0 && result.Box.Height > 0), "have no width or height above 0",
            at => FormattableString.Invariant($"is {at.Box.Width} x {at.Box.Height}"),
            "\"bbox\" is [x, y, width, height]; none of them can match an object.");
        Tell(file, results, result => !ids.Contains(result.CategoryId), $"have a category that {annotations.Path} lacks",
            at => $"has category_id {at.CategoryId}", $"Its ids are {string.Join(", ", ids)}; they count in no AP.");
    }

    private static void Tell(string file, IReadOnlyList<DetectionResult> results, Func<DetectionResult, bool> isWrong, string what,
        Func<DetectionResult, string> found, string remedy)
    {
        var wrong = results.Index().Where(result => isWrong(result.Item)).ToList();
        if (wrong is [var (index, first), ..])
            Verb.Warn(string.Create(CultureInfo.InvariantCulture,
                $"{file}: {wrong.Count} of {results.Count} detections {what}. The first: $[{index}], in picture {first.ImageId}, ")
                + $"{found(first)}. {remedy}");
    }
}
