namespace MLNet.Detection.Data;

/// <summary>
/// Where in an annotation file something stands. The words are made only when an error or a problem needs them:
/// counting lines for every box of a large file would cost more than reading it.
/// </summary>
internal readonly record struct AnnotationPlace(string File, Func<string> Words)
{
    public DatasetException Error(string found, string remedy, Exception? inner = null) =>
        new(File, Words(), found, remedy, inner);

    public DatasetProblem Problem(string message, DatasetProblemKind kind = DatasetProblemKind.Other) =>
        new(File, Words(), message) { Kind = kind };

    /// <summary>File and place in one.</summary>
    public override string ToString() => Words() is { Length: > 0 } words ? $"{File}, {words}" : File;
}
