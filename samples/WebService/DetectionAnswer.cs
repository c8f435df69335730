namespace Samples.WebService;

/// <summary>What was found in a picture.</summary>
/// <param name="Width">Pixels of the upright picture.</param>
/// <param name="Height">Pixels of the upright picture.</param>
/// <param name="Objects">By falling score.</param>
public sealed record DetectionAnswer(int Width, int Height, IReadOnlyList<DetectedBox> Objects);
