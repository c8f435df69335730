namespace OnnxGraphs.Precision;

/// <summary>Where the scaling of the loss stands.</summary>
/// <param name="Scale">What the loss of the next step is multiplied by.</param>
/// <param name="GoodSteps">Steps without an overflow since the scale last changed.</param>
/// <param name="Skipped">Steps of the run that changed nothing, because a gradient was infinite or no number.</param>
public sealed record LossScaleState(float Scale, int GoodSteps, int Skipped)
{
    /// <summary>Whether the scale cannot fall any further: then an overflow is the model's, not the scale's.</summary>
    public bool IsAtFloor { get; init; }
}
