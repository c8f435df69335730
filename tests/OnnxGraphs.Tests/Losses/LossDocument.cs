using System.Globalization;
using System.Reflection;
using System.Text;
using OnnxGraphs.Losses;

namespace OnnxGraphs.Tests.Losses;

/// <summary>The page docs/losses.md, made of the catalog.</summary>
internal static class LossDocument
{
    private const string Head = """
        # Losses

        Each loss is a record in `src/OnnxGraphs/Losses` that builds an ONNX subgraph of standard operators (opset 18).
        x are logits, p probabilities, t targets.
        This page is generated: run the tests with `UPDATE_DOCS=1` after a change.

        ```csharp
        var loss = 0.5f * new DiceLoss() + new FocalLoss(Alpha: 0.25f, Gamma: 2f);
        Var value = loss.Of(logits, targets, new() { Weight = weights, Ignore = ignored });
        IReadOnlyList<Var> gradients = Gradient.Of(value, [logits]);
        LossExport.ExportLoss(loss, "folder", new(8, 3, 64, 64), new(ElementType.Float32, new(8, 3, 64, 64)));
        ```

        All losses of one prediction and one target also take `Normalizer` (None, Mean, PositivesPerImage,
        PositivesPerBatch, Given) and `Reduction` (Batch, PerImage, None).
        A loss of your own is a record with a `Formula`; `LossCheck.Gradient(loss).Demand()` compares its gradient
        with finite differences.

        Losses of anchors take class numbers Int64 [B, N] (-1 background, -2 ignored) and encoded boxes [B, N, 4].
        `JaccardMatch` makes both in the graph, from true boxes [B, G, 4] filled up with rows of label -1:

        ```csharp
        DetectionTargets targets = new JaccardMatch(0.5f).Of(boxes, labels, anchors);                // SSD
        Var value = new MultiBoxLoss().Of(targets, logits, deltas);
        var retinaNet = new JaccardMatch(0.5f) { LowThreshold = 0.4f, ForceBest = false };
        ```

        | loss | formula | predictions | targets | options | value of the example |
        |---|---|---|---|---|---|
        """;

    public static string Write()
    {
        var page = new StringBuilder(Head.ReplaceLineEndings("\n")).Append('\n');
        foreach (var example in LossCatalog.All)
            page.Append(Row(example)).Append('\n');
        return page.ToString();
    }

    private static string Row(LossExample example)
    {
        var formula = FormulaAttribute.Of(example.Loss);
        var name = formula.Paper.Length == 0 ? example.Name : $"[{example.Name}]({formula.Paper})";
        string[] cells = [name, $"`{formula.Text.Replace("|", "\\|")}`", Inputs(example, true), Inputs(example, false),
            Options(example.Loss), Value(example)];
        return $"| {string.Join(" | ", cells)} |";
    }

    private static string Inputs(LossExample example, bool predictions) => string.Join(", ", example.Inputs
        .Where(input => input.IsPrediction == predictions).Select(input =>
            $"{input.Name} {input.Value.Type} {input.Value.Shape}"));

    private static string Options(object loss) => string.Join(", ", loss.GetType()
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(option => option.CanWrite && option.DeclaringType != typeof(Loss))
        .OrderBy(option => option.MetadataToken)
        .Select(option => $"`{option.Name} = {Text(option.GetValue(loss))}`"));

    private static string Text(object? value) => value switch
    {
        null => "null",
        Loss or RetinaNetLoss => $"{value.GetType().Name}",
        System.Collections.ICollection { Count: 0 } => "[]",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    // Few digits: those on which all processors agree.
    private static string Value(LossExample example)
    {
        var rig = new LossRig();
        var inputs = example.Inputs.Select(input => rig.Feed(input.Name, input.Value)).ToArray();
        var value = rig.RunFloats(example.Build(inputs))[0][0];
        return value.ToString("G4", CultureInfo.InvariantCulture);
    }
}
