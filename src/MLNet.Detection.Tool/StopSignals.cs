using System.Runtime.InteropServices;

namespace MLNet.Detection.Tool;

/// <summary>
/// Turns the signals that end a process (Ctrl+C, SIGTERM of <c>kill</c> and of service managers, SIGHUP of a closed
/// terminal) into a cancellation, so that the run leaves its checkpoint first.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private const int SignalBase = 128;

    private readonly CancellationTokenSource _cancel = new();
    private readonly List<PosixSignalRegistration> _registrations = [];

    public StopSignals()
    {
        foreach (var (signal, number) in new[]
        {
            (PosixSignal.SIGINT, 2), (PosixSignal.SIGTERM, 15), (PosixSignal.SIGHUP, 1),
        })
            _registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                ExitCode = SignalBase + number;
                _cancel.CancelAsync();
            }));
    }

    /// <summary>Cancelled when a signal came.</summary>
    public CancellationToken Token => _cancel.Token;

    /// <summary>What shells expect after the signal: 130 for Ctrl+C, 143 for SIGTERM.</summary>
    public int ExitCode { get; private set; } = SignalBase + 2;

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _cancel.Dispose();
    }
}
