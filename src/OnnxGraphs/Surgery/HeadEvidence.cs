using OnnxGraphs.Graphs;

namespace OnnxGraphs.Surgery;

/// <summary>What speaks for a raw value being the classes or the boxes: its shape, what follows it, names.</summary>
internal sealed class HeadEvidence(
    ValueGraph graph, string value, TensorShape? shape, IReadOnlyList<string> outputs)
{
    private static readonly string[] ClassWords = ["cls", "class", "conf", "score", "prob", "logit", "label", "categ"];
    private static readonly string[] BoxWords = ["box", "loc", "reg", "delta", "offset", "coord", "ltrb", "rois"];
    private static readonly string[] ObjectWords = ["objectness", "obj", "center", "ctr", "iou"];
    private static readonly HashSet<string> PassedOver =
    [
        "Reshape", "Transpose", "Flatten", "Squeeze", "Unsqueeze", "Identity", "Cast", "Slice", "Split", "Gather",
        "Mul", "Div", "Clip", "Min", "QuantizeLinear", "DequantizeLinear",
    ];

    public CutPoint Judge()
    {
        var branches = HeadCut.Branches(graph.Model, value);
        var behind = Behind();
        var activation = behind.FirstOrDefault(op => op is "Softmax" or "LogSoftmax" or "Sigmoid");
        // The value's own name and weights say more than the outputs it flows into, which may mix everything.
        var names = Joined(branches.SelectMany(node => node.Input.Append(node.Name)).Append(value));
        var flows = Joined(outputs);
        var width = shape is { Rank: > 1 } ? shape[-1] : 0;
        var classes = 3 * Said(names, ClassWords) + (outputs.Count == 1 ? 2 * Said(flows, ClassWords) : 0)
            + (activation is null ? 0 : 3) + (width == 4 || width == 1 ? 0 : 2);
        var boxes = width % 4 != 0 || width == 0 ? 0 : 3 * Said(names, BoxWords)
            + (outputs.Count == 1 ? 2 * Said(flows, BoxWords) : 0) + (behind.Contains("Exp") ? 3 : 0)
            + (activation is null ? 1 : 0) + (width == 4 ? 2 : 0);
        return new(value, shape, Role(width, names + flows, classes, boxes), activation, branches.Count, outputs,
            classes, boxes);
    }

    private static HeadRole Role(long width, string names, int classes, int boxes) =>
        width == 1 && Said(names, ObjectWords) == 1 && Said(names, ClassWords) == 0 ? HeadRole.Objectness
            : classes > boxes ? HeadRole.Classes : boxes > classes ? HeadRole.Boxes : HeadRole.Unknown;

    private static string Joined(IEnumerable<string> names) => string.Join(' ', names).ToLowerInvariant();

    private static int Said(string names, string[] words) => words.Any(names.Contains) ? 1 : 0;

    // The first operators behind the value, over those that lay it out, choose of it, scale or limit it.
    private HashSet<string> Behind()
    {
        var (reached, found, open) = (new HashSet<string>(), new HashSet<string>(), new Queue<string>([value]));
        while (open.TryDequeue(out var at))
            foreach (var node in graph.Readers(at).Where(node => ValueGraph.DataInputs(node).Contains(at)))
                if (!PassedOver.Contains(node.OpType))
                    found.Add(node.OpType);
                else
                    foreach (var output in node.Output.Where(reached.Add))
                        open.Enqueue(output);
        return found;
    }
}
