using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;

namespace OnnxGraphs.Tests.Losses;

[TestClass]
public class RtDetrLossTests
{
    private static readonly float[] Logits = [0.4f, -1.2f, 2, 0.3f, -0.7f, -2.5f, 1.1f, 0];
    private static readonly float[] Boxes = [0.5f, 0.5f, 0.4f, 0.4f, 0.3f, 0.6f, 0.2f, 0.4f, 0.7f, 0.2f, 0.3f, 0.2f,
        0.6f, 0.6f, 0.5f, 0.3f];
    private static readonly float[] Wanted = [0.55f, 0.5f, 0.4f, 0.5f, 0, 0, 0, 0, 0.7f, 0.25f, 0.3f, 0.2f, 0, 0, 0, 0];

    // Queries 0 and 2 have objects of classes 1 and 0, query 1 none, query 3 does not count.
    private static readonly long[] Classes = [1, -1, 0, -2];

    [TestMethod]
    public void MeetsTheFormula()
    {
        var rig = new LossRig();
        var targets = new DetectionTargets(rig.Feed("classes", Tensor.Of<long>(new(1, 4), Classes)),
            rig.Feed("wanted", Tensor.Of<float>(new(1, 4, 4), Wanted)));
        var terms = new RtDetrLoss().Terms(targets, rig.Feed("logits", Tensor.Of<float>(new(1, 4, 2), Logits)),
            rig.Feed("boxes", Tensor.Of<float>(new(1, 4, 4), Boxes)));
        var (classification, l1, giou) = Expected();
        var values = rig.RunFloats(terms["classification"], terms["l1"], terms["iou"]);
        Assert.AreEqual(classification, values[0][0], 1e-5);
        Assert.AreEqual(l1, values[1][0], 1e-5);
        Assert.AreEqual(giou, values[2][0], 1e-5);
    }

    // Zhu et al.: 0.25 (1 - p)^2 (-log p) - 0.75 p^2 (-log(1 - p)), times 2, beside 5 L1 and -2 GIoU.
    [TestMethod]
    public void MatchingCostsByFocalLoss()
    {
        var matching = new DetrMatching(ClassCost: 2) { Sigmoid = true };
        var cost = matching.Cost(Logits, Boxes, [1], [0.55f, 0.5f, 0.4f, 0.5f]);
        for (var q = 0; q < 4; q++)
        {
            var p = 1 / (1 + Math.Exp(-Logits[2 * q + 1]));
            var (iou, hull, l1) = Overlap(Boxes.AsSpan(4 * q, 4), [0.55f, 0.5f, 0.4f, 0.5f]);
            var focal = 0.25 * (1 - p) * (1 - p) * -Math.Log(p) - 0.75 * p * p * -Math.Log(1 - p);
            Assert.AreEqual(2 * focal + 5 * l1 - 2 * (iou - hull), cost[0, q], 1e-6, $"query {q}");
        }
        Assert.AreEqual(0, matching.Match(Logits, Boxes, [1], [0.55f, 0.5f, 0.4f, 0.5f])[0]);
    }

    [TestMethod]
    public void ExtremeLogitsCostFinitely()
    {
        var cost = new DetrMatching { Sigmoid = true }.Cost([1000, -1000], [.. Boxes.Take(8)], [0], [.. Boxes.Take(4)]);
        Assert.AreEqual(-750 - 2, cost[0, 0], 1e-9);
        Assert.IsTrue(double.IsFinite(cost[0, 1]) && cost[0, 1] > 200);
    }

    private static (double Classification, double L1, double Giou) Expected()
    {
        var (classification, l1, giou) = (0.0, 0.0, 0.0);
        for (var q = 0; q < 3; q++)
        {
            var (iou, hull, distance) = Overlap(Boxes.AsSpan(4 * q, 4), Wanted.AsSpan(4 * q, 4));
            for (var c = 0; c < 2; c++)
            {
                var p = 1 / (1 + Math.Exp(-Logits[2 * q + c]));
                var quality = Classes[q] == c ? iou : 0;
                var weight = quality > 0 ? quality : 0.75 * p * p;
                classification += weight * -(quality * Math.Log(p) + (1 - quality) * Math.Log(1 - p));
            }
            if (Classes[q] >= 0)
                (l1, giou) = (l1 + distance, giou + 1 - iou + hull);
        }
        return (classification / 2, 5 * l1 / 2, 2 * giou / 2);
    }

    // IoU, the empty part of the hull, L1 distance.
    private static (double Iou, double Hull, double L1) Overlap(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var (shared, hull, l1) = (1.0, 1.0, 0.0);
        for (var k = 0; k < 2; k++)
        {
            var (a0, a1, b0, b1) = (a[k] - a[k + 2] / 2.0, a[k] + a[k + 2] / 2.0, b[k] - b[k + 2] / 2.0, b[k] + b[k + 2] / 2.0);
            shared *= Math.Max(0, Math.Min(a1, b1) - Math.Max(a0, b0));
            hull *= Math.Max(a1, b1) - Math.Min(a0, b0);
        }
        for (var k = 0; k < 4; k++)
            l1 += Math.Abs(a[k] - b[k]);
        var union = (double)a[2] * a[3] + (double)b[2] * b[3] - shared;
        return (shared / union, (hull - union) / hull, l1);
    }
}
