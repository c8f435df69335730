using Microsoft.ML.Runtime;
using OnnxGraphs.Training;

namespace MLNet.Detection.Training.Hooks;

/// <summary>Logs once which execution providers compute the step.</summary>
internal sealed class ReportPlacement(IChannel channel) : ITrainingHook
{
    private bool _said;

    public void AfterStep(ITrainingRun run, TrainingProgress progress)
    {
        if (!_said && run.Placement is { } placement)
            channel.Info(MessageSensitivity.None, "{0}", $"The step runs on {run.Device}: {placement}.");
        _said = true;
    }
}
