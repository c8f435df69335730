using OnnxGraphs.Distributed;
using OnnxGraphs.Models;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Runtime;

namespace OnnxGraphs.Training;

/// <summary>What computes training steps.</summary>
public interface ITrainingBackend
{
    /// <summary>The processes that take the steps together; one that takes them alone by default.</summary>
    IRanks Ranks => new SingleRank();

    /// <summary>Starts a run from a model's weights, with empty optimiser state.</summary>
    /// <param name="model">The model.</param>
    /// <param name="heads">Names of the values to cut it at.</param>
    /// <param name="loss">The loss on these values.</param>
    /// <param name="optimizer">The optimiser.</param>
    /// <param name="options">Frozen weights and shapes of the inputs.</param>
    /// <param name="device">Where it runs.</param>
    /// <exception cref="ModelException">The model cannot be trained.</exception>
    /// <exception cref="InvalidOperationException">The backend or device cannot be used here.</exception>
    ITrainingRun Start(OnnxModel model, IReadOnlyList<string> heads, LossBuilder loss, Optimizer optimizer,
        TrainingGraphOptions options, Device device);

    /// <summary>Starts a run of several steps on the same weights, for data of several shapes: sets of inputs belong to
    /// the steps in turn.</summary>
    /// <param name="variants">The steps; a run of the only one is that of the other overload.</param>
    /// <param name="optimizer">The optimiser.</param>
    /// <param name="device">Where they run.</param>
    /// <exception cref="NotSupportedException">The backend takes data of one shape.</exception>
    /// <exception cref="ModelException">A model cannot be trained.</exception>
    /// <exception cref="InvalidOperationException">The backend or device cannot be used here.</exception>
    ITrainingRun Start(IReadOnlyList<StepVariant> variants, Optimizer optimizer, Device device) => variants is [var only]
        ? Start(only.Model, only.Heads, only.Loss, optimizer, only.Options, device)
        : throw new NotSupportedException($"{GetType().Name} takes data of one shape, not of {variants.Count}; train with "
            + $"pictures of one size, or with {nameof(StepBackend)}.");
}
