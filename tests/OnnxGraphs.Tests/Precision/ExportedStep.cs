using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Precision;
using OnnxGraphs.Training;

namespace OnnxGraphs.Tests.Precision;

/// <summary>
/// Training steps of the small exports, in each precision: the loss is the mean square of each output.
/// </summary>
internal static class ExportedStep
{
    public static TrainingGraph Of(string file, StepPrecision precision, Optimizer? optimizer = null)
    {
        var model = Model(file);
        return TrainingGraph.Build(model, [.. model.OutputNames], Loss,
            optimizer ?? new AdamW { WeightDecay = 0.01f, ClipNorm = 1 },
            new() { Precision = precision, LossScaling = new(1024) });
    }

    /// <summary>The gradient of all weights in the first step, on random pictures.</summary>
    public static float[] Gradient(string file, StepPrecision precision, bool rounded = false)
    {
        // Plain SGD with a learning rate of 1: old minus new parameters are the gradient.
        var step = Of(file, precision, new Sgd(0f));
        using var run = rounded ? RoundedModel.Start(step, Model(file)) : new TrainingRun(step, Model(file));
        foreach (var input in step.Data)
            new RandomTensors(5).Normal([.. input.Shape]).Values<float>().CopyTo(run.Input<float>(input.Name));
        var before = run.Read(0);
        run.Step(1f);
        return [.. before.Zip(run.Read(0), (old, now) => old - now)];
    }

    private static OnnxModel Model(string file) => OnnxModel.Load(Path.Combine("References/exports", file));

    private static Dictionary<string, Var> Loss(Graph graph, IReadOnlyList<Var> heads) => heads.Index().ToDictionary(
        head => $"term{head.Index}", head => Op.SumAll(head.Item * head.Item) / (float)head.Item.Shape.Size);
}
