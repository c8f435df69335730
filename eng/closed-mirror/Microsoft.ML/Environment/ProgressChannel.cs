using Microsoft.ML.Internal;

namespace Microsoft.ML.Runtime;

/// <summary>
/// Checks what it is told. Nobody listens, as in ML.NET, whose context has no listener for progress either.
/// </summary>
internal sealed class ProgressChannel : IProgressChannel
{
    private ProgressHeader header = new(null);
    private bool disposed;

    public void SetHeader(ProgressHeader header, Action<IProgressEntry> fillAction) => this.header = header;

    public void Checkpoint(params double?[] values)
    {
        Check.State(!disposed, "Can't report checkpoints after disposing");
        var most = header.MetricNames.Count + 2 * header.UnitNames.Count;
        Check.State((values?.Length ?? 0) <= most,
            $"Too many values provided in Checkpoint: {values?.Length}, not {most}");
    }

    public IProgressChannel StartProgressChannel(string name) => new ProgressChannel();

    public void Dispose() => disposed = true;
}
