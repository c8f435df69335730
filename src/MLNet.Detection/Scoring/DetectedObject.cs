using MLNet.Detection.Boxes;

namespace MLNet.Detection.Scoring;

/// <summary>One object that a detector found.</summary>
/// <param name="Box">Where, in the unit of the anchors it was decoded from.</param>
/// <param name="Class">Column of the class in the scores; a background column counts.</param>
/// <param name="Score">How sure, in [0, 1].</param>
public readonly record struct DetectedObject(Box Box, int Class, float Score);
