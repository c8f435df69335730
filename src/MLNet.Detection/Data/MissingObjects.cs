namespace MLNet.Detection.Data;

/// <summary>Says why a data set has no object.</summary>
internal sealed class MissingObjects(string source, int pictures, IReadOnlyList<DatasetProblem> problems)
{
    private static readonly (DatasetProblemKind Kind, string Words, string Cause)[] Reasons =
    [
        (DatasetProblemKind.Outside, "outside of their picture",
            "Boxes outside of their pictures are in another unit than the format's: pixels where parts of the picture "
            + "belong, or pixels of another size."),
        (DatasetProblemKind.Swapped, "with their right edge left of the left one, or their bottom above the top",
            "Such boxes have exchanged columns, or are width and height where corners belong."),
        (DatasetProblemKind.NoSize, "without width or height",
            "Such boxes are points, or marks for pictures without objects."),
        (DatasetProblemKind.NoClass, "without a class that counts",
            "The classes of the boxes are not those wanted, or their names are empty."),
        (DatasetProblemKind.NoPicture, "pictures missing or unreadable",
            "The image folder is another one, or its files are damaged."),
    ];

    /// <exception cref="DatasetException">There is none.</exception>
    public static void Check(string source, int pictures, IReadOnlyList<DatasetProblem> problems, bool hasObjects)
    {
        if (pictures == 0 && problems.All(problem => problem.Kind != DatasetProblemKind.NoPicture))
            throw new DatasetException(source, "", "it has no pictures", "Another file or part is meant, or it is still to be filled.");
        if (!hasObjects)
            throw new MissingObjects(source, pictures, problems).Error();
    }

    private DatasetException Error()
    {
        var counts = problems.CountBy(problem => problem.Kind).ToDictionary();
        var known = Reasons.Where(reason => counts.ContainsKey(reason.Kind)).ToList();
        var dropped = string.Join(", ", known.Select(reason => $"{counts[reason.Kind]} {reason.Words}"));
        var cause = known.Count > 0 ? known.MaxBy(reason => counts[reason.Kind]).Cause
            : "There is no box, or none that counts: the annotations are of another task, another file is meant, or all "
                + "boxes are crowds or difficult.";
        var first = known.Count > 0 && problems.FirstOrDefault(p => p.Kind == known[0].Kind) is { } problem
            ? $" The first: {problem}." : "";
        return new(source, "", $"there is no object in {pictures} pictures"
            + (dropped.Length > 0 ? $"; dropped were {dropped}" : ""), $"{cause}{first}");
    }
}
