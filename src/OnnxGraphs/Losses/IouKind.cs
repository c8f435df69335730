namespace OnnxGraphs.Losses;

/// <summary>What an IoU loss measures. I: overlap, U: union, C: smallest box around both, e: a small number.</summary>
public enum IouKind
{
    /// <summary>1 - I / (U + e).</summary>
    Iou,
    /// <summary>1 - (I / (U + e))^2, as YOLOX.</summary>
    Squared,
    /// <summary>-log(I / (U + e) + e). Yu et al. 2016, https://arxiv.org/abs/1608.01471</summary>
    Log,
    /// <summary>1 - IoU + (|C| - U) / (|C| + e). Rezatofighi et al. 2019, https://arxiv.org/abs/1902.09630</summary>
    Generalized,
    /// <summary>1 - IoU + distance^2 / (diagonal(C)^2 + e). Zheng et al. 2019,
    /// https://arxiv.org/abs/1911.08287</summary>
    Distance,
    /// <summary>Distance + a v, v the difference of aspect ratios, a = v / (1 - IoU + v + e) a constant. Same
    /// paper.</summary>
    Complete,
}
