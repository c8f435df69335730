using OnnxGraphs.Models;

namespace OnnxGraphs.Surgery;

/// <summary>Which stored tensors are running statistics of normalisations.</summary>
internal static class RunningStatistics
{
    private const int Scale = 1, Mean = 3, Variance = 4;

    /// <summary>The means and variances of BatchNormalization layers on the way to the values whose scale is
    /// trained.</summary>
    /// <exception cref="ModelException">There is none.</exception>
    public static IReadOnlyList<string> Names(
        OnnxModel model, IReadOnlyList<string> values, IReadOnlyList<string> trained)
    {
        var layers = GraphReader.Needed(model, values).Where(node => node.OpType == "BatchNormalization"
            && node.Input.Count == 5 && trained.Contains(node.Input[Scale])).ToList();
        var stored = model.Initializers;
        string[] names = [.. layers.SelectMany(node => new[] { node.Input[Mean], node.Input[Variance] })
            .Where(name => stored.TryGetValue(name, out var tensor) && tensor.DataType == 1).Distinct()];
        return names.Length > 0 ? names : throw new ModelException($"{model.Path}: there is no BatchNormalization with a "
            + "trained scale, so nothing has statistics to keep: the exporter folded it into the convolutions, or it is "
            + "frozen. Leave the option out, or export in training mode without folding "
            + "(torch.onnx.export(..., training=TrainingMode.PRESERVE, do_constant_folding=False)).");
    }
}
