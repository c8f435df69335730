using OnnxGraphs.Gradients;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Losses;

/// <summary>Losses as ONNX files of their own, for any runtime: the loss, and the loss with its gradient.</summary>
public static class LossExport
{
    /// <summary>
    /// Writes <c>loss.onnx</c> (inputs to "loss") and <c>loss.grad.onnx</c> (inputs to "loss" and "d_prediction") into
    /// a folder, which is made where it is missing. The files take any number of images; only a loss of your own that
    /// depends on their number in other ways than sums and means do keeps the example's.
    /// </summary>
    /// <param name="loss">The loss.</param>
    /// <param name="folder">Where to write.</param>
    /// <param name="prediction">Shape of the prediction, float32.</param>
    /// <param name="target">Type and shape of the target.</param>
    public static void ExportLoss(Loss loss, string folder, TensorShape prediction, TypedShape target) =>
        ExportLoss(LossExample.Of(loss, Zeros(new(ElementType.Float32, prediction)), Zeros(target)), folder);

    /// <summary>Writes both files of a loss with several inputs, in the shapes of its example.</summary>
    public static void ExportLoss(LossExample example, string folder)
    {
        Directory.CreateDirectory(folder);
        Model(example, gradient: false).Save(Path.Combine(folder, "loss.onnx"));
        Model(example, gradient: true).Save(Path.Combine(folder, "loss.grad.onnx"));
    }

    /// <summary>The model of a loss, with the gradients d_[prediction] of its predictions where asked.</summary>
    public static OnnxModel Model(LossExample example, bool gradient)
    {
        string[] batched = [.. example.Inputs.Where(input => input.HasBatch && input.Value.Shape.Rank > 0)
            .SelectMany(input => new[] { input.Name, $"d_{input.Name}" })];
        var model = (batched.Length == 0 ? null : OpenBatch.Of(batch => Build(example, gradient, batch), batched))
            ?? Build(example, gradient, batch: null);
        Describe(model.Proto, example);
        return model;
    }

    private static OnnxModel Build(LossExample example, bool gradient, int? batch)
    {
        var (graph, inputs, loss) = example.Construct(batch);
        Var[] predictions = gradient ? [.. inputs.Where((_, i) => example.Inputs[i].IsPrediction)] : [];
        var gradients = predictions.Length == 0 ? [] : Gradient.Of(loss, predictions);
        graph.Output("loss", loss);
        foreach (var (input, slope) in predictions.Zip(gradients))
            graph.Output($"d_{input.Name}", slope);
        return GraphWriter.Write(graph, example.Name);
    }

    private static void Describe(ModelProto model, LossExample example)
    {
        var formula = FormulaAttribute.Of(example.Loss);
        model.DocString = model.Graph.DocString = $"{example.Name}: {formula.Text}";
        model.ProducerVersion = typeof(LossExport).Assembly.GetName().Version!.ToString(3);
        foreach (var value in model.Graph.Input)
            value.DocString = example.Inputs.Any(input => input.Name == value.Name && input.IsPrediction)
                ? "prediction" : "target";
        foreach (var value in model.Graph.Output)
            value.DocString = value.Name == "loss" ? formula.Text : $"d loss / {value.Name}".Replace("/ d_", "/ d ");
        foreach (var (key, text) in new[] { ("loss", example.Loss.ToString()!), ("formula", formula.Text),
            ("paper", formula.Paper), ("version", model.ProducerVersion), ("opset", $"{model.OpsetImport[0].Version}") })
            model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = text });
    }

    private static Tensor Zeros(TypedShape value) =>
        new(value.Element, value.Shape, new byte[value.Shape.Size * value.Element.Size()]);
}
