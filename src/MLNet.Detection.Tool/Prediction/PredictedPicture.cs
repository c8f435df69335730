using MLNet.Detection.Scoring;

namespace MLNet.Detection.Tool.Prediction;

/// <summary>A picture and what was found in it.</summary>
/// <param name="File">The picture.</param>
/// <param name="Width">Pixels of the upright picture; 0 where it cannot be read.</param>
/// <param name="Height">Pixels of the upright picture; 0 where it cannot be read.</param>
/// <param name="Objects">By falling score; boxes in pixels of the picture.</param>
/// <param name="Problem">Why the picture cannot be read; null where it can.</param>
internal sealed record PredictedPicture(
    PictureFile File, int Width, int Height, IReadOnlyList<DetectedObject> Objects, string? Problem = null);
