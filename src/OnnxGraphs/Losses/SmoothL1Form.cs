namespace OnnxGraphs.Losses;

/// <summary>The scale of a loss that is square near zero and linear beyond beta.</summary>
public enum SmoothL1Form
{
    /// <summary>d^2 / (2 beta), then |d| - beta / 2: slope 1 beyond beta. Girshick 2015,
    /// https://arxiv.org/abs/1504.08083</summary>
    SmoothL1,
    /// <summary>d^2 / 2, then beta (|d| - beta / 2): curvature 1 within beta. Huber 1964.</summary>
    Huber,
    /// <summary>
    /// d^2 / 2 where |d| &lt; beta, else |d| - 1/2, as some RetinaNet tutorials print it. It jumps by (beta - 1)^2 / 2
    /// at beta and agrees with the others only at beta = 1: for models that were trained with it.
    /// </summary>
    Literal,
}
