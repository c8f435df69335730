using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using MLNet.Detection.Images;
using OnnxGraphs.Inspection;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Inspection;

/// <summary>
/// Writes a report on a detector as JSON. Keys are in snake case; <c>schema</c> is 1 and grows when a key changes its
/// meaning or goes. What is not known is null.
/// </summary>
public static class InspectionJson
{
    private static readonly JsonSerializerOptions Indented =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The JSON text; the same report gives the same text.</summary>
    public static string Write(DetectorInspection report)
    {
        var model = report.Model;
        return new JsonObject
        {
            ["schema"] = 1, ["file"] = Path.GetFileName(model.Path), ["opset"] = model.Opset,
            ["ir_version"] = model.IrVersion, ["producer"] = model.Producer, ["nodes"] = model.Nodes,
            ["inputs"] = Array(model.Inputs, Value), ["outputs"] = Array(model.Outputs, Value),
            ["cut_points"] = Array(model.Cuts, Cut),
            ["class_value"] = model.Heads?.Classes.Value, ["box_value"] = model.Heads?.Boxes.Value,
            ["head"] = report.Head is { } head
                ? new JsonObject { ["kind"] = $"{head.Kind}", ["reason"] = head.Reason } : null,
            ["map"] = report.Map is { } map ? new JsonObject
            {
                ["value"] = map.Value, ["channels"] = map.Channels, ["width"] = map.Width, ["height"] = map.Height,
                ["activation"] = map.Activation, ["ends_in_classes"] = map.EndsInClasses,
            } : null,
            ["picture"] = Picture(report), ["blocks"] = Array(model.Blocks, Block),
            ["parameters"] = Parameters(model), ["operators"] = Array(model.Operators, Operator),
            ["anchors"] = Anchors(report), ["step"] = Step(model),
            ["recipe"] = new JsonObject
            {
                ["command"] = report.Recipe.Command, ["code"] = report.Recipe.Code,
                ["missing"] = Array(report.Recipe.Missing, text => text),
            },
            ["notes"] = Array(report.Notes, text => text),
            ["problems"] = Array(report.Problems, text => text),
        }.ToJsonString(Indented);
    }

    private static JsonArray Array<T>(IEnumerable<T> items, Func<T, JsonNode?> write) => [.. items.Select(write)];

    private static JsonObject Value(ValueSummary value) => new()
    {
        ["name"] = value.Name, ["type"] = value.Type, ["shape"] = Array(value.Shape, dim => dim),
        ["meaning"] = value.Meaning,
    };

    private static JsonObject Cut(CutPoint cut) => new()
    {
        ["value"] = cut.Value, ["shape"] = cut.Shape is { } shape ? Array(shape, dim => dim) : null,
        ["role"] = $"{cut.Role}", ["activation"] = cut.Activation, ["layers"] = cut.Branches,
        ["outputs"] = Array(cut.Outputs, name => name),
    };

    private static JsonObject Block(ModelBlock block) => new()
    {
        ["name"] = block.Name, ["part"] = $"{block.Part}", ["map_width"] = block.MapWidth,
        ["map_height"] = block.MapHeight, ["inputs"] = Array(block.Inputs, name => name),
        ["shape"] = block.Shape is { } shape ? Array(shape, dim => dim) : null, ["nodes"] = block.Nodes,
        ["parameters"] = block.Parameters, ["multiply_adds"] = block.MultiplyAdds,
    };

    private static JsonObject Parameters(ModelSummary model) => new()
    {
        ["trainable"] = model.TrainableParameters, ["never_trained"] = model.OtherParameters,
        ["in_heads"] = model.Weights.Where(weight => weight.InHead).Sum(weight => weight.Elements),
        ["depth"] = model.Weights.Max(weight => (int?)weight.Depth),
        ["weights"] = Array(model.Weights, weight => new JsonObject
        {
            ["name"] = weight.Name, ["elements"] = weight.Elements, ["depth"] = weight.Depth,
            ["in_head"] = weight.InHead,
        }),
    };

    private static JsonObject Operator(OperatorUse use) => new()
    {
        ["operator"] = use.Operator, ["count"] = use.Count, ["on_path"] = use.OnPath, ["known"] = use.Known,
        ["has_gradient"] = use.HasGradient,
    };

    private static JsonObject? Picture(DetectorInspection report) => report.Input is not { } input ? null : new()
    {
        ["input"] = input.Name, ["type"] = $"{input.Type}", ["width"] = input.Width, ["height"] = input.Height,
        ["has_batch"] = input.HasBatch, ["batch_of_one"] = report.BatchOfOne, ["channels_last"] = input.ChannelsLast,
        ["prepared_value"] = report.Front?.Value, ["swapped"] = report.Front?.Swapped,
        ["scale"] = report.Front is { } front ? Array(front.Scale, number => number) : null,
        ["offset"] = report.Front is { } same ? Array(same.Offset, number => number) : null,
        ["range"] = report.Front?.InputRange is { } range ? range == Normalization.Pixels ? 255 : 1 : null,
    };

    private static JsonObject Anchors(DetectorInspection report)
    {
        var coder = report.TailAnchors?.Coder;
        return new()
        {
            ["maps"] = Array(report.Maps.Zip(report.AnchorsPerCell), map => new JsonObject
            {
                ["width"] = map.First.Width, ["height"] = map.First.Height, ["per_cell"] = map.Second,
            }),
            ["in_tail"] = report.TailAnchors?.Anchors.Count,
            ["variances"] = coder is null ? null : Array(
                (float[])[coder.WeightX, coder.WeightY, coder.WeightWidth, coder.WeightHeight], weight => 1 / weight),
            ["schemes"] = Array(report.Schemes, fit => new JsonObject
            {
                ["name"] = fit.Known.Name, ["count"] = fit.Count, ["fits"] = fit.Fits, ["distance"] = fit.Distance,
            }),
        };
    }

    private static JsonObject? Step(ModelSummary model) => model.Cost is not { } cost ? null : new()
    {
        ["multiply_adds"] = cost.MultiplyAdds, ["activation_bytes"] = cost.ActivationBytes,
        ["estimates"] = Array(ModelSummary.EstimatedBatches, batch => new JsonObject
        {
            ["images"] = batch, ["seconds"] = cost.Estimate(batch).Seconds, ["bytes"] = cost.Estimate(batch).Bytes,
        }),
    };
}
