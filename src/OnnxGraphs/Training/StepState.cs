namespace OnnxGraphs.Training;

/// <summary>What several steps on the same weights share: the flat vectors, and how many steps were done.</summary>
/// <param name="vectors">The vectors.</param>
internal sealed class StepState(StepVectors vectors)
{
    /// <summary>The vectors.</summary>
    public StepVectors Vectors => vectors;

    /// <summary>Steps done so far, of whichever kind.</summary>
    public int Steps { get; set; }
}
