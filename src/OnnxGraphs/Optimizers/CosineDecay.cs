namespace OnnxGraphs.Optimizers;

/// <summary>
/// Half a cosine wave, f + (1 - f) (1 + cos(pi t / T)) / 2, then flat. Loshchilov and Hutter 2017,
/// https://arxiv.org/abs/1608.03983; as torch's CosineAnnealingLR, with the flat end of YOLOX and RTMDet.
/// </summary>
/// <param name="Final">f, the fraction at the end.</param>
/// <param name="FlatEnd">The part of the steps, at the end, that stays at f.</param>
public sealed record CosineDecay(double Final = 0, double FlatEnd = 0) : LearningRateDecay
{
    /// <inheritdoc/>
    public override double Fraction(int step, int steps)
    {
        Require(Final is >= 0 and <= 1, nameof(Final), Final, "0 to 1");
        Require(FlatEnd is >= 0 and < 1, nameof(FlatEnd), FlatEnd, "at least 0 and below 1");
        var progress = Math.Min(1, step / (steps * (1 - FlatEnd)));
        return Final + (1 - Final) * (1 + Math.Cos(Math.PI * progress)) / 2;
    }
}
