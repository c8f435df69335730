using System.Globalization;
using MLNet.Detection.Boxes;

namespace MLNet.Detection.Data.Inspection;

/// <summary>Looks for suspicious boxes.</summary>
internal sealed class LabelCheck(DatasetSplit split, InspectionOptions options)
{
    public IEnumerable<Suspicion> Find() => split.Dataset.Problems
        .Select(problem => new Suspicion(SuspicionKind.OnLoad, split.Name, problem.Where, problem.Message))
        .Concat(split.Dataset.Images.SelectMany(image => Pairs(image).Concat(Shapes(image))));

    private IEnumerable<Suspicion> Pairs(LabeledImage image)
    {
        for (var i = 0; i < image.Boxes.Count; i++)
            for (var j = i + 1; j < image.Boxes.Count; j++)
            {
                var (a, b) = (image.Boxes[i], image.Boxes[j]);
                var overlap = BoxOverlap.IntersectionOverUnion(a.Box, b.Box);
                if (overlap <= options.DuplicateOverlap)
                    continue;
                var kind = a.Category == b.Category ? SuspicionKind.Duplicate : SuspicionKind.TwoClasses;
                var message = Invariant(
                    $"boxes {a.Id} ({Class(a)}) and {b.Id} ({Class(b)}) overlap with IoU {overlap:0.00}");
                yield return Suspicion.Of(kind, split.Name, image, message, a, b);
            }
    }

    private IEnumerable<Suspicion> Shapes(LabeledImage image)
    {
        foreach (var box in image.Boxes)
        {
            var (width, height) = (box.Box.Width, box.Box.Height);
            var size = Invariant($"box {box.Id} ({Class(box)}) is {width:0.##} x {height:0.##} pixels");
            if (Math.Min(width, height) < options.TinySide)
                yield return Suspicion.Of(SuspicionKind.Tiny, split.Name, image, size, box);
            else if (Math.Max(width, height) > options.LongestAspect * Math.Min(width, height))
                yield return Suspicion.Of(SuspicionKind.ExtremeAspect, split.Name, image, size, box);
        }
    }

    private string Class(LabeledBox box) => split.Dataset.Categories[box.Category].Name;

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
