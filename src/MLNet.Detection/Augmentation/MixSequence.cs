using MLNet.Detection.Data;

namespace MLNet.Detection.Augmentation;

/// <summary>Several mixes after one another, each with pictures of its own.</summary>
public sealed record MixSequence : IPictureMix
{
    /// <summary>Puts mixes after one another.</summary>
    public MixSequence(params IReadOnlyList<IPictureMix> mixes) => Mixes = mixes;

    /// <summary>The mixes in their order.</summary>
    public IReadOnlyList<IPictureMix> Mixes { get; }

    /// <inheritdoc/>
    public int Others => Mixes.Sum(mix => mix.Others);

    /// <inheritdoc/>
    public LabeledPicture Apply(LabeledPicture picture, IReadOnlyList<LabeledPicture> others, Random random)
    {
        var taken = 0;
        foreach (var mix in Mixes)
        {
            picture = mix.Apply(picture, [.. others.Skip(taken).Take(mix.Others)], random);
            taken += mix.Others;
        }
        return picture;
    }

    /// <summary>The mixes' own words.</summary>
    public override string ToString() => string.Join(" then ", Mixes);
}
