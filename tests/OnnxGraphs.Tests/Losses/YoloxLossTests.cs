using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;

namespace OnnxGraphs.Tests.Losses;

[TestClass]
public class YoloxLossTests
{
    public static IEnumerable<object[]> Cases => GoldenCase.Of("08_dense", "yolox_head_loss");

    // The case holds its assignment: the object of each anchor, or -1; objects are rows [class, cx, cy, w, h].
    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void MeetsYolox(GoldenCase c)
    {
        var rig = new LossRig();
        var outputs = rig.Feed("outputs", c.Input("outputs"));
        var (anchors, objects) = ((int)outputs.Shape[1], c.Input("labels"));
        int[] matched = [.. c.Output("matched_gt").Select(gt => (int)gt)];
        var (classes, boxes) = (new long[matched.Length], new float[4 * matched.Length]);
        for (var i = 0; i < matched.Length; i++)
        {
            var row = matched[i] < 0 ? [-1, 0, 0, 0, 0]
                : objects.Values<float>().Slice((int)(i / anchors * objects.Shape[1] + matched[i]) * 5, 5);
            classes[i] = (long)row[0];
            row[1..].CopyTo(boxes.AsSpan(4 * i));
        }
        var targets = GoldenBoxes.Feed(rig, outputs.Shape[0], anchors, classes, boxes);
        if (!c.Flag("use_l1"))
        {
            rig.Meets(c, new YoloxLoss { BoxWeight = c.Number("reg_weight") }.Of(targets, outputs), ("outputs",
                outputs));
            return;
        }
        var raw = rig.Feed("raw", c.Input("origin_preds"));
        var wanted = rig.Feed("wanted", raw.Shape, Raw(boxes, c));
        rig.Meets(c, new YoloxLoss().Of(targets, outputs, (raw, wanted)), ("outputs", outputs), ("origin_preds", raw));
    }

    // [cx / s - x, cy / s - y, log(w / s + 1e-8), log(h / s + 1e-8)] on the grid of each anchor; one image.
    private static float[] Raw(float[] boxes, GoldenCase c)
    {
        var (grid, strides) = (c.Input("grid").Values<float>().ToArray(), c.Input("strides").Values<float>().ToArray());
        return [.. boxes.Select((value, i) => (i % 4, s: (double)strides[i / 4]) switch
        {
            ( < 2, var s) => (float)(value / s - grid[i / 4 * 2 + i % 4]),
            (_, var s) => (float)Math.Log(value / s + 1e-8),
        })];
    }

    [TestMethod]
    public void RefusesWrongArguments()
    {
        var graph = new Graph();
        var (x, classes) = (graph.Input("x", 2, 6, 5), graph.Input("classes", ElementType.Int64, new(2, 6)));
        FocalLossTests.Refused(() => new YoloxLoss().Of(new(classes, x), x),
            "YoloxLoss: outputs is x: Float32 [2, 6, 5]; expected Float32 [B, A, 5 + C]");
    }
}
