namespace Microsoft.ML.Runtime;

/// <summary>Takes the progress of one computation until it is disposed.</summary>
public interface IProgressChannel : IProgressChannelProvider, IDisposable
{
    /// <param name="header">Names of metrics and of units of progress.</param>
    /// <param name="fillAction">Called when the present progress is asked for.</param>
    void SetHeader(ProgressHeader header, Action<IProgressEntry> fillAction);

    /// <param name="values">Metrics, then progress a unit, then its end a unit; trailing values may be left
    /// out.</param>
    void Checkpoint(params double?[] values);
}
