namespace OnnxGraphs.Losses;

/// <summary>What keeps the logarithm of a probability finite.</summary>
public enum ProbabilityGuard
{
    /// <summary>Nothing: a probability of exactly 0 at a positive gives infinity.</summary>
    None,
    /// <summary>Limit to [e, 1 - e]; nothing flows back from outside.</summary>
    Clip,
    /// <summary>Limit to [e, 1 - e], then add e inside the logarithm, as Keras does outside of graph mode.</summary>
    ClipAndAdd,
}
