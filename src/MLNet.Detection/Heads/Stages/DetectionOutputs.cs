namespace MLNet.Detection.Heads;

/// <summary>Outputs of a file that detects all by itself: objects of one picture, in pixels of its input.</summary>
/// <param name="Boxes">Name of the corners [objects, 4].</param>
/// <param name="Labels">Name of the labels [objects], whole numbers.</param>
/// <param name="Scores">Name of the scores [objects].</param>
/// <param name="FirstLabel">Label of the first class.</param>
public sealed record DetectionOutputs(string Boxes, string Labels, string Scores, int FirstLabel);
