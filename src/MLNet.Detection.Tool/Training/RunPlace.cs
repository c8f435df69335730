using System.Diagnostics;
using MLNet.Detection.Reports;
using MLNet.Detection.Training;
using OnnxGraphs.Runtime;

namespace MLNet.Detection.Tool.Training;

/// <summary>Where a run goes on, and what shows it.</summary>
internal sealed record RunPlace(RunFolder Folder, bool Resume, Device Device, Display Display, Stopwatch Clock)
{
    /// <summary>Who is told how the run goes.</summary>
    public IReadOnlyList<IProgress<TrainingProgress>> Listeners { get; init; } = [];

    /// <summary>Largest memory of the process so far, megabytes.</summary>
    public static double Peak => Process.GetCurrentProcess().PeakWorkingSet64 / 1e6;
}
