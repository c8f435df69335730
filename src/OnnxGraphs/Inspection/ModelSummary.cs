using OnnxGraphs.Surgery;

namespace OnnxGraphs.Inspection;

/// <summary>
/// The report before any training: what a model takes and gives, how it is built, where to cut it, what can be trained,
/// and what a step costs.
/// </summary>
public sealed record ModelSummary
{
    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>Version of the default operator set.</summary>
    public required int Opset { get; init; }

    /// <summary>Version of the file format.</summary>
    public required long IrVersion { get; init; }

    /// <summary>What wrote the file, with its version.</summary>
    public required string Producer { get; init; }

    /// <summary>Nodes, constants included.</summary>
    public required int Nodes { get; init; }

    /// <summary>What the caller feeds.</summary>
    public required IReadOnlyList<ValueSummary> Inputs { get; init; }

    /// <summary>What the caller receives.</summary>
    public required IReadOnlyList<ValueSummary> Outputs { get; init; }

    /// <summary>Raw values that the outputs are computed from: where to cut.</summary>
    public required IReadOnlyList<CutPoint> Cuts { get; init; }

    /// <summary>The class and box value; null where they are not clear.</summary>
    public HeadPair? Heads { get; init; }

    /// <summary>The values up to which the model is trained, and which the parts below refer to.</summary>
    public required IReadOnlyList<string> TrainedValues { get; init; }

    /// <summary>The parts, in the order of computation.</summary>
    public required IReadOnlyList<ModelBlock> Blocks { get; init; }

    /// <summary>Trainable weights, in the order of their first use.</summary>
    public required IReadOnlyList<WeightPlace> Weights { get; init; }

    /// <summary>Numbers in other stored float tensors: statistics, anchors, what the raw values do not need.</summary>
    public required long OtherParameters { get; init; }

    /// <summary>Operator types, the most frequent first.</summary>
    public required IReadOnlyList<OperatorUse> Operators { get; init; }

    /// <summary>What a step costs; null where shapes are not known.</summary>
    public StepCost? Cost { get; init; }

    /// <summary>What stands in the way of training, and what is not known.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    /// <summary>Batch sizes that the report estimates a step for.</summary>
    public static IReadOnlyList<int> EstimatedBatches { get; } = [1, 4, 8, 16];

    /// <summary>Numbers in the trainable weights.</summary>
    public long TrainableParameters => Weights.Sum(weight => weight.Elements);

    /// <summary>The report as text, 120 columns wide.</summary>
    public override string ToString() => SummaryText.Write(this);
}
