using OnnxGraphs.Graphs;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Precision;

namespace OnnxGraphs.Training;

/// <summary>How a training step is built from a model.</summary>
public sealed record TrainingGraphOptions
{
    /// <summary>Globs of initializer names that stay as they are, for example <c>base_net.*</c>.</summary>
    public IReadOnlyList<string> Frozen { get; init; } = [];

    /// <summary>Names of stored floats that are trained beside the weights of layers, such as the factors of
    /// learnt ranges.</summary>
    public IReadOnlyList<string> Also { get; init; } = [];

    /// <summary>Weights that are trained in their own way; the others as the optimiser says.</summary>
    public IReadOnlyList<ParameterGroup> Groups { get; init; } = [];

    /// <summary>
    /// Whether BatchNormalization normalises by the batch, as training from random weights needs it, and keeps running
    /// means of its statistics for the saved file, which uses those. Layers whose scale is frozen go on using the file's.
    /// The momentum is the file's; the variance is that of a sample, as torch's.
    /// </summary>
    public bool BatchStatistics { get; init; }

    /// <summary>Shapes of the model's inputs by name, batch size included.</summary>
    public IReadOnlyDictionary<string, TensorShape> InputShapes { get; init; } = new Dictionary<string, TensorShape>();

    /// <summary>
    /// Whether BatchNormalization after Conv is computed as scaled weights: equal in value, fewer passes.
    /// </summary>
    public bool FoldBatchNormalization { get; init; } = true;

    /// <summary>
    /// A moving average of the weights, one more vector that the step updates (<see cref="TrainingGraph.Average"/>).
    /// Null: none.
    /// </summary>
    public WeightAverage? Average { get; init; }

    /// <summary>
    /// How many times the places of the inputs' batch go into those of the whole batch, where a step adds up several parts
    /// of it: passes one after another, or processes. Losses then divide by what the whole batch counts, and the graph is
    /// cut where sums over the parts are taken. Null: the inputs hold the whole batch.
    /// </summary>
    public double? Parts { get; init; }

    /// <summary>
    /// Whether the backward pass computes values of the forward pass again, instead of holding all of them: less memory,
    /// more time, the same numbers up to the rounding of fused passes.
    /// </summary>
    public bool Recompute { get; init; }

    /// <summary>What convolutions, products and what lies between them compute in; weights stay float32.</summary>
    public StepPrecision Precision { get; init; }

    /// <summary>How the loss is scaled where the precision is float16; other precisions need no scaling.</summary>
    public LossScaling LossScaling { get; init; } = new();

    /// <summary>For which providers the step is written; precisions of 16 bits have the native form only.</summary>
    public StepForm Form { get; init; }
}
