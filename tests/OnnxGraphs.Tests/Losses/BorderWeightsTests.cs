using OnnxGraphs.Losses;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Tests.Losses;

[TestClass]
public class BorderWeightsTests
{
    public static IEnumerable<object[]> Map => GoldenCase.Of("07_segmentation", "unet_weight_map");

    public static IEnumerable<object[]> Losses => GoldenCase.Of("07_segmentation",
        "distance_weighted_bce_multiplicative", "distance_weighted_bce_additive");

    [TestMethod]
    [DynamicData(nameof(Map))]
    public void MapMeetsScipy(GoldenCase c)
    {
        var cells = c.Input("instances");
        var (height, width) = ((int)cells.Shape[0], (int)cells.Shape[1]);
        var (nearest, second) = BorderWeights.Distances(cells.Values<long>(), height, width);
        LossRig.Close(c.Output("d1"), [.. nearest.Select(d => (float)d)], 1e-6, 0, "nearest");
        LossRig.Close(c.Output("d2"), [.. second.Select(d => (float)d)], 1e-6, 0, "second");
        LossRig.Close(c.Value, Weights(c).Of(cells.Values<long>(), height, width), 1e-6, 1e-12, "weights");
    }

    [TestMethod]
    [DynamicData(nameof(Losses))]
    public void LossesMeet(GoldenCase c)
    {
        var rig = new LossRig();
        var (logits, target) = (rig.Feed("logits", c.Input("logits")), rig.Feed("target", c.Input("target")));
        var (cells, shape) = (c.Input("instances").Values<long>().ToArray(), logits.Shape);
        var (height, width) = ((int)shape[1], (int)shape[2]);
        float[] border = [.. cells.Chunk(height * width).SelectMany(image => Weights(c).Of(image, height, width))];
        var map = rig.Feed("border", shape, border);
        var (background, object_) = (c.Number("class_weight_background"), c.Number("class_weight_foreground"));
        var bce = new BinaryCrossEntropyLoss();
        var value = c.Kind.EndsWith("additive") ? new AddedWeightLoss(bce).Of(logits, target, new() { Weight = map })
            : bce.Of(logits, target, new() { Weight = map + (target * (object_ - background) + background) });
        rig.Meets(c, value, ("logits", logits));
    }

    private static BorderWeights Weights(GoldenCase c) => new()
    {
        Height = c.Number("w0"),
        Sigma = c.Number("sigma"),
        BackgroundOnly = c.Flag("background_only"),
    };

    // Linear-time distances against the distances to every member.
    [TestMethod]
    public void DistancesAreExact()
    {
        var random = new Random(5);
        for (var round = 0; round < 20; round++)
        {
            var (height, width) = (random.Next(1, 12), random.Next(1, 12));
            long[] cells = [.. Enumerable.Range(0, height * width).Select(_ => random.Next(8) == 0
                ? random.NextInt64(1, 4) : 0)];
            var (nearest, second) = BorderWeights.Distances(cells, height, width);
            for (var i = 0; i < cells.Length; i++)
            {
                double[] all = [.. cells.Index().Where(cell => cell.Item != 0).GroupBy(cell => cell.Item)
                    .Select(cell => cell.Min(at => Math.Sqrt(Math.Pow(at.Index / width - i / width, 2)
                        + Math.Pow(at.Index % width - i % width, 2)))).Order()];
                Assert.AreEqual(all.Length > 0 ? all[0] : -1, nearest[i], 1e-12);
                Assert.AreEqual(all.Length > 1 ? all[1] : -1, second[i], 1e-12);
            }
        }
    }

    [TestMethod]
    public void RefusesWrongSizes() => FocalLossTests.Refused(() => new BorderWeights().Of([1, 2, 3], 2, 2),
        "BorderWeights: 3 cell numbers; expected 2 x 2");
}
