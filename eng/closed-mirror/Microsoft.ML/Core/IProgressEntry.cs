namespace Microsoft.ML.Runtime;

/// <summary>Progress at one moment.</summary>
public interface IProgressEntry
{
    void SetProgress(int index, double value);

    /// <param name="lim">Where the progress ends.</param>
    void SetProgress(int index, double value, double lim);

    void SetMetric(int index, double value);
}
