using OnnxGraphs.Models;

namespace OnnxGraphs.Surgery;

/// <summary>The two values at which a detector is cut.</summary>
/// <param name="Classes">The raw class value, a row for each place.</param>
/// <param name="Boxes">The raw box value of the same rows.</param>
public sealed record HeadPair(CutPoint Classes, CutPoint Boxes)
{
    /// <summary>The pair with the same rows that most speaks for, if no other is as likely.</summary>
    internal static HeadPair Choose(
        OnnxModel model, IReadOnlyList<CutPoint> candidates, string? classValue, string? boxValue)
    {
        var pairs = (from classes in candidates
                     where classValue is null || classes.Value == classValue
                     from boxes in candidates
                     where boxValue is null || boxes.Value == boxValue
                     where classes != boxes && classes.Rows is not null && classes.Rows == boxes.Rows
                         && boxes.Shape![-1] % 4 == 0 && boxes.BoxEvidence > 0
                         && classes.Role != HeadRole.Objectness
                     orderby classes.ClassEvidence + boxes.BoxEvidence descending
                     select new HeadPair(classes, boxes)).ToList();
        var clear = pairs.Count > 0 && (pairs.Count == 1 || pairs[0].Evidence > pairs[1].Evidence);
        return clear ? pairs[0] : throw new ModelException(
            $"{model.Path}: the class and box values are not clear from its structure; name them (ClassOutput and "
            + "BoxOutput, or --class-output and --box-output). "
            + (candidates.Count == 0 ? "No layer lies before the outputs " + string.Join(", ", model.OutputNames)
                : "Candidates: " + string.Join(", ", candidates.Take(12))) + ".");
    }

    private int Evidence => Classes.ClassEvidence + Boxes.BoxEvidence;
}
