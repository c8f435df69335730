using MLNet.Detection.Matching;

namespace MLNet.Detection.Training;

/// <summary>
/// The data of one training step, in memory that is used again. A place without an image has zero pixels and only
/// ignored anchors.
/// </summary>
internal sealed class Batch(int places, int pixels, int anchors)
{
    /// <summary>[places, 3, height, width].</summary>
    public float[] Pixels { get; } = new float[places * pixels];

    /// <summary>[places, anchors].</summary>
    public long[] Classes { get; } = new long[places * anchors];

    /// <summary>[places, anchors, 4].</summary>
    public float[] Boxes { get; } = new float[4 * places * anchors];

    /// <summary>Places that hold an image.</summary>
    public int Images { get; private set; }

    /// <summary>Empties the places from a number of images on.</summary>
    public void Reset(int images)
    {
        Images = images;
        Pixels.AsSpan(images * pixels).Clear();
        Boxes.AsSpan(4 * images * anchors).Clear();
        Classes.AsSpan(images * anchors).Fill(Matcher.Ignored);
    }
}
