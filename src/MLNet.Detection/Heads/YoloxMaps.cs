
namespace MLNet.Detection.Heads;

/// <summary>Names of the raw maps of one level of a YOLOX head.</summary>
/// <param name="Boxes">[batch, 4, height, width]: shift of the centre in strides, logarithm of the size in
/// strides.</param>
/// <param name="Objectness">[batch, 1, height, width]: logits.</param>
/// <param name="Classes">[batch, classes, height, width]: logits.</param>
public sealed record YoloxMaps(string Boxes, string Objectness, string Classes);
