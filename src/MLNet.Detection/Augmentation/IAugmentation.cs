using MLNet.Detection.Data;

namespace MLNet.Detection.Augmentation;

/// <summary>
/// A random change of a picture that keeps its boxes right. The same state of the generator gives the same change.
/// </summary>
public interface IAugmentation
{
    /// <summary>The changed picture, or the same one when chance says so. The input is never written to.</summary>
    /// <param name="picture">The picture and its boxes.</param>
    /// <param name="random">The only source of chance.</param>
    LabeledPicture Apply(LabeledPicture picture, Random random);
}
