namespace MLNet.Detection.Evaluation.Masks;

/// <summary>What one picture adds to the sums of a <see cref="SegmentationEvaluation"/>.</summary>
/// <param name="Confusion">Pixels by true and predicted class, [classes with background, the same], row by row.</param>
/// <param name="Dice">Of all classes but background together.</param>
/// <param name="Boundaries">F1 of each class's boundary; NaN where it has none. Empty where boundaries are left out.</param>
/// <param name="Objects">Average precision, precision at 0.5, aggregated Jaccard index; null without true objects.</param>
/// <param name="Counts">True objects, predicted ones, pairs of true ones that touch, those of them told apart.</param>
internal sealed record PictureScore(long[] Confusion, double Dice, double[] Boundaries,
    (double Precision, double Precision50, double Jaccard)? Objects, (long True, long Predicted, long Touching, long Apart) Counts)
{
    /// <summary>Writes all of it.</summary>
    public void Write(BinaryWriter to)
    {
        to.Write(Confusion.Length);
        foreach (var count in Confusion)
            to.Write(count);
        to.Write(Dice);
        to.Write(Boundaries.Length);
        foreach (var score in Boundaries)
            to.Write(score);
        to.Write(Objects is not null);
        foreach (var value in (ReadOnlySpan<double>)[Objects?.Precision ?? 0, Objects?.Precision50 ?? 0, Objects?.Jaccard ?? 0])
            to.Write(value);
        foreach (var count in (ReadOnlySpan<long>)[Counts.True, Counts.Predicted, Counts.Touching, Counts.Apart])
            to.Write(count);
    }

    /// <summary>The way back.</summary>
    public static PictureScore Read(BinaryReader from)
    {
        var confusion = Array.ConvertAll(new long[from.ReadInt32()], _ => from.ReadInt64());
        var dice = from.ReadDouble();
        var boundaries = Array.ConvertAll(new double[from.ReadInt32()], _ => from.ReadDouble());
        var has = from.ReadBoolean();
        var objects = (from.ReadDouble(), from.ReadDouble(), from.ReadDouble());
        return new(confusion, dice, boundaries, has ? objects : null,
            (from.ReadInt64(), from.ReadInt64(), from.ReadInt64(), from.ReadInt64()));
    }
}
