namespace OnnxGraphs.Optimizers;

/// <summary>
/// Learning rate by step (from 0): a linear warm-up lr (t + 1) / W, then half a cosine wave down to a final fraction.
/// Loshchilov and Hutter 2017, https://arxiv.org/abs/1608.03983.
/// </summary>
/// <param name="Peak">The largest learning rate.</param>
/// <param name="WarmUpSteps">W, steps of the warm-up; 0 for none.</param>
/// <param name="Steps">Steps of the whole run.</param>
/// <param name="FinalFraction">The last learning rate, as a fraction of the peak.</param>
public sealed record LearningRateSchedule(float Peak, int WarmUpSteps, int Steps, float FinalFraction = 0)
{
    /// <summary>The learning rate of a step.</summary>
    public float At(int step)
    {
        if (step < WarmUpSteps)
            return (float)((double)Peak * (step + 1) / WarmUpSteps);
        var progress = Math.Min(1, (double)(step - WarmUpSteps) / Math.Max(1, Steps - WarmUpSteps));
        return (float)(Peak * (FinalFraction + (1 - FinalFraction) * (1 + Math.Cos(Math.PI * progress)) / 2));
    }
}
