namespace MLNet.Detection.Data;

/// <summary>Something in an annotation file that was corrected or left out on load.</summary>
/// <param name="File">The annotation file.</param>
/// <param name="Place">Line, path inside the file and ids; empty when it is the file as a whole.</param>
/// <param name="Message">What was found and what was done about it.</param>
public sealed record DatasetProblem(string File, string Place, string Message)
{
    /// <summary>What kind of problem it is, for counting.</summary>
    public DatasetProblemKind Kind { get; init; }

    /// <summary>File and place.</summary>
    internal string Where => Place.Length == 0 ? File : $"{File}, {Place}";

    /// <inheritdoc/>
    public override string ToString() => $"{Where}: {Message}";
}
