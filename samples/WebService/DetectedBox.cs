namespace Samples.WebService;

/// <summary>An object that was found.</summary>
/// <param name="Class">Its name.</param>
/// <param name="Score">How sure, 0 to 1.</param>
/// <param name="Box">x0, y0, x1, y1 in pixels of the picture.</param>
public sealed record DetectedBox(string Class, float Score, float[] Box);
