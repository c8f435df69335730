namespace MLNet.Detection.Training;

/// <summary>Decides which images an epoch takes, in which order, and which of them are mirrored.</summary>
public abstract record Sampler
{
    /// <summary>
    /// The choices of an epoch (from 0) over <paramref name="count"/> images. The same epoch always gives the same
    /// choices: that is what makes a resumed run equal to an uninterrupted one.
    /// </summary>
    public abstract IReadOnlyList<SampleChoice> Epoch(int epoch, int count);

    /// <summary>How many choices an epoch has; the same in every epoch.</summary>
    public virtual int Length(int count) => count;

    /// <summary>The sampler for images that hold objects of these classes; itself where they do not matter to it.</summary>
    public virtual Sampler For(IReadOnlyList<int[]> classes) => this;
}
