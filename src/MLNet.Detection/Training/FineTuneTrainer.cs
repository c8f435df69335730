using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MLNet.Detection.Training;

/// <summary>
/// Tunes a detector on labelled images: anchors are matched, labels encoded, and one ONNX model does forward, loss, gradients
/// and update of each step.
/// </summary>
public sealed partial class FineTuneTrainer
{
    private readonly IHostEnvironment _environment;
    private readonly Options _options;

    /// <summary>Creates the trainer; nothing is read or built yet.</summary>
    public FineTuneTrainer(MLContext context, Options options) => (_environment, _options) = (context, options);

    /// <summary>Trains on all rows of the data.</summary>
    /// <exception cref="ArgumentException">An option or column does not fit.</exception>
    /// <exception cref="TrainingDivergedException">The loss became infinite or no number.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled; its checkpoint is in the workspace.</exception>
    public FineTuneResult Train(IDataView data)
    {
        _options.Check(_options.Columns.ClassNames(data.Schema));
        using var channel = ((IChannelProvider)_environment).Start(nameof(FineTuneTrainer));
        return new FineTuning(_options, channel).Run(data);
    }
}
