using MLNet.Detection.Data;

namespace MLNet.Detection.Augmentation;

/// <summary>
/// A way to make one picture out of several that keeps their boxes right. The same state of the generator gives the
/// same picture.
/// </summary>
public interface IPictureMix
{
    /// <summary>How many pictures it takes beside the first.</summary>
    int Others { get; }

    /// <summary>The new picture, or the first one when chance says so. The inputs are never written to.</summary>
    /// <param name="picture">The first picture and its boxes.</param>
    /// <param name="others">As many as <see cref="Others"/>; may hold the first one again.</param>
    /// <param name="random">The only source of chance.</param>
    LabeledPicture Apply(LabeledPicture picture, IReadOnlyList<LabeledPicture> others, Random random);
}
