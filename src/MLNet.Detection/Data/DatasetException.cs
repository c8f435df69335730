namespace MLNet.Detection.Data;

/// <summary>
/// Annotations that cannot be used as they are. The message names file, place, what was found and a remedy.
/// </summary>
/// <param name="file">The annotation or image file.</param>
/// <param name="place">Line, path inside the file and ids; empty when it is the file as a whole.</param>
/// <param name="found">What was found, and what was expected.</param>
/// <param name="remedy">What to do.</param>
/// <param name="inner">The error underneath.</param>
public sealed class DatasetException(
    string file, string place, string found, string remedy, Exception? inner = null)
    : Exception($"{file}{(place.Length == 0 ? "" : ", " + place)}: {found}. {remedy}", inner)
{
    /// <summary>The annotation or image file.</summary>
    public string File { get; } = file;

    /// <summary>Line, path inside the file and ids; empty when it is the file as a whole.</summary>
    public string Place { get; } = place;

    /// <summary>What was found, and what was expected.</summary>
    public string Found { get; } = found;

    /// <summary>What to do.</summary>
    public string Remedy { get; } = remedy;
}
