namespace Samples.WebService;

/// <summary>An object that is there.</summary>
/// <param name="Class">Its name, one that the detector knows.</param>
/// <param name="Box">x0, y0, x1, y1 in pixels of the upright picture.</param>
public sealed record TrueBox(string Class, float[] Box);
