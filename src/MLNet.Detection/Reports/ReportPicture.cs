namespace MLNet.Detection.Reports;

/// <summary>A held-out picture with what was found and what is true.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="Encoded">The bytes of a JPEG or PNG file.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Predicted">What was found, above the score that the report shall show.</param>
/// <param name="Truth">What is true.</param>
public sealed record ReportPicture(
    string Name, byte[] Encoded, int Width, int Height, IReadOnlyList<ReportBox> Predicted,
    IReadOnlyList<ReportBox> Truth)
{
    /// <summary>What is said under the picture; null: how many objects were found, and are true.</summary>
    public string? Caption { get; init; }
}
