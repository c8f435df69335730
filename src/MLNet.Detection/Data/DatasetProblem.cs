namespace MLNet.Detection.Data;

/// <summary>Something in an annotation file that was corrected or left out on load.</summary>
/// <param name="File">The annotation file.</param>
/// <param name="Place">Line, path inside the file and ids.</param>
/// <param name="Message">What was found and what was done about it.</param>
public sealed record DatasetProblem(string File, string Place, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{File}, {Place}: {Message}";
}
