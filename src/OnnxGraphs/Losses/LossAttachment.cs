using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Losses;

/// <summary>Losses on top of models, for instance to watch a loss on data that was never trained on.</summary>
public static class LossAttachment
{
    /// <summary>
    /// A model with the given one's inputs and outputs, one more input "target" and one more output "loss": the loss of
    /// a value of the model. Input shapes become fixed.
    /// </summary>
    /// <param name="model">The model; it stays as it is.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="prediction">Name of the value that is the loss's prediction.</param>
    /// <param name="target">Type and shape of the target; null for those of the prediction.</param>
    /// <param name="inputShapes">Shapes of inputs that the file leaves open.</param>
    /// <exception cref="ModelException">The model has no such value, or an input without a fixed shape.</exception>
    public static OnnxModel Attach(this OnnxModel model, Loss loss, string prediction, TypedShape? target = null,
        IReadOnlyDictionary<string, TensorShape>? inputShapes = null)
    {
        var graph = new Graph();
        var options = new ReadOptions { InputShapes = inputShapes ?? new Dictionary<string, TensorShape>() };
        var values = GraphReader.Read(model, graph, [.. model.OutputNames, prediction], options);
        var inputs = graph.Inputs.ToList();
        var wanted = graph.Input("target", target?.Element ?? values[^1].Type, target?.Shape ?? values[^1].Shape);
        var outputs = model.OutputNames.Zip(values, (name, value) =>
            value.Name == name ? value : Op.Identity(value, name));
        return GraphWriter.Write([.. outputs, Op.Identity(loss.Of(values[^1], wanted), "loss")], [.. inputs, wanted]);
    }
}
