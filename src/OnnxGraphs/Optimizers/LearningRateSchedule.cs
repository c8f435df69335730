namespace OnnxGraphs.Optimizers;

/// <summary>
/// Learning rate by step (from 0): a linear warm-up lr (t + 1) / W, then a decay over the rest of the run.
/// </summary>
/// <param name="Peak">The largest learning rate.</param>
/// <param name="WarmUpSteps">W, steps of the warm-up; 0 for none.</param>
/// <param name="Steps">Steps of the whole run.</param>
/// <param name="Decay">What follows the warm-up; null: half a cosine wave down to 0.</param>
public sealed record LearningRateSchedule(float Peak, int WarmUpSteps, int Steps, LearningRateDecay? Decay = null)
{
    /// <summary>The learning rate of a step.</summary>
    public float At(int step)
    {
        if (step < WarmUpSteps)
            return (float)((double)Peak * (step + 1) / WarmUpSteps);
        var steps = Math.Max(1, Steps - WarmUpSteps);
        return (float)(Peak * (Decay ?? new CosineDecay()).Fraction(Math.Min(step - WarmUpSteps, steps), steps));
    }
}
