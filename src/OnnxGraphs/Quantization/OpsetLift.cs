using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Surgery;

namespace OnnxGraphs.Quantization;

/// <summary>Files of old opsets as files of one that has scales by channel.</summary>
internal static class OpsetLift
{
    /// <summary>The first opset whose QuantizeLinear has an axis, and that in which files below it are written.</summary>
    private const int First = 13, Written = 18;

    /// <summary>The model in opset 13 or later; itself where it is.</summary>
    /// <param name="model">The model.</param>
    /// <param name="least">An opset that is needed.</param>
    /// <exception cref="ModelException">A Softmax of the old meaning runs over several axes.</exception>
    public static OnnxModel Lift(OnnxModel model, int least = First)
    {
        if (model.Opset >= least)
            return model;
        var lifted = model.Opset >= First ? model.Clone() : Renewed(model);
        lifted.Proto.OpsetImport.First(set => set.Domain is "" or "ai.onnx").Version = least > First ? least : Written;
        return lifted;
    }

    private static OnnxModel Renewed(OnnxModel model)
    {
        var lifted = OpsetUpgrade.ToWorkingForm(model);
        var marked = lifted.Proto.Graph.Node.Where(node => Mark(node) is not null).ToList();
        var ranks = ShapeTrace.Of(lifted, [.. marked.Select(node => node.Output[0])], null).Shapes;
        foreach (var node in marked)
        {
            node.Attribute.Remove(Mark(node)!);
            var axis = node.Attribute.First(attribute => attribute.Name == "axis");
            var shape = ranks.GetValueOrDefault(node.Output[0])?.Shape;
            if (shape is null || shape.Skip(shape.Axis(axis.I) + 1).Any(dim => dim != 1))
                throw new ModelException($"{model.Path}: {node.OpType} '{node.Output[0]}' of opset {model.Opset} runs over "
                    + $"all axes from {axis.I} on; export the model with opset {First} or later.");
        }
        return lifted;
    }

    private static AttributeProto? Mark(NodeProto node) =>
        node.Attribute.FirstOrDefault(attribute => attribute.Name == OpsetUpgrade.CoercedAxes);
}
