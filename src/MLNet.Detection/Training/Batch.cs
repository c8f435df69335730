using MLNet.Detection.Matching;

namespace MLNet.Detection.Training;

/// <summary>
/// The data of one training step, in memory that is used again. A place without an image has zero pixels and only
/// ignored anchors.
/// </summary>
/// <param name="places">Images that it can hold.</param>
/// <param name="pixels">Numbers of an image.</param>
/// <param name="anchors">Anchors of an image.</param>
/// <param name="boxColumns">Numbers of an anchor's box target.</param>
internal sealed class Batch(int places, int pixels, int anchors, int boxColumns)
{
    /// <summary>Images that it can hold.</summary>
    public int Places => places;

    /// <summary>[places, 3, height, width].</summary>
    public float[] Pixels { get; } = new float[places * pixels];

    /// <summary>[places, anchors].</summary>
    public long[] Classes { get; } = new long[places * anchors];

    /// <summary>[places, anchors, box columns].</summary>
    public float[] Boxes { get; } = new float[boxColumns * places * anchors];

    /// <summary>The images, as they were mirrored.</summary>
    public IReadOnlyList<Sample> Samples { get; private set; } = [];

    /// <summary>The pixels of an image.</summary>
    public Span<float> PixelsOf(int image) => Pixels.AsSpan(image * pixels, pixels);

    /// <summary>Takes other images and empties the places behind them.</summary>
    public void Reset(IReadOnlyList<Sample> samples)
    {
        Samples = samples;
        Pixels.AsSpan(samples.Count * pixels).Clear();
        Boxes.AsSpan(boxColumns * samples.Count * anchors).Clear();
        Classes.AsSpan(samples.Count * anchors).Fill(Matcher.Ignored);
    }

    /// <summary>Writes the targets of an image.</summary>
    public void Write(TargetWriter write, int image, IReadOnlyList<ReadOnlyMemory<float>> predicted) =>
        write(Samples[image], predicted, Classes.AsSpan(image * anchors, anchors),
            Boxes.AsSpan(boxColumns * image * anchors, boxColumns * anchors));
}
