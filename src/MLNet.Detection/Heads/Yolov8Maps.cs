
namespace MLNet.Detection.Heads;

/// <summary>Names of the raw maps of one level of a YOLOv8 head.</summary>
/// <param name="Sides">[batch, 4 bins, height, width]: logits of the distances of the four sides, in strides.</param>
/// <param name="Classes">[batch, classes, height, width]: logits.</param>
public sealed record Yolov8Maps(string Sides, string Classes);
