namespace MLNet.Detection.Training;

/// <summary>Decides which images an epoch takes, in which order, and which of them are mirrored.</summary>
public abstract record Sampler
{
    /// <summary>
    /// The choices of an epoch (from 0) over <paramref name="count"/> images. The same epoch always gives the same
    /// choices: that is what makes a resumed run equal to an uninterrupted one.
    /// </summary>
    public abstract IReadOnlyList<SampleChoice> Epoch(int epoch, int count);
}
