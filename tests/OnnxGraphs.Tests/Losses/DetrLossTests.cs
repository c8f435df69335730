using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;

namespace OnnxGraphs.Tests.Losses;

[TestClass]
public class DetrLossTests
{
    public static IEnumerable<object[]> Cases => GoldenCase.Of("08_dense", "detr_set_loss");

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void MeetsDetrWithItsOwnMatching(GoldenCase c)
    {
        var rig = new LossRig();
        var (logits, boxes) = (rig.Feed("logits", c.Input("pred_logits")), rig.Feed("pred_boxes",
            c.Input("pred_boxes")));
        var (images, queries, none) = ((int)logits.Shape[0], (int)logits.Shape[1], (int)logits.Shape[2] - 1);
        var (classes, wanted) = (new long[images * queries], new float[4 * images * queries]);
        Array.Fill(classes, none);
        for (var image = 0; image < images; image++)
        {
            var labels = c.Input($"labels_{image}").Values<long>();
            var objects = c.Input($"boxes_{image}").Values<float>();
            foreach (var (query, item) in Matched(c, image, queries, none + 1).Index().Where(pair => pair.Item >= 0))
            {
                classes[image * queries + query] = labels[item];
                objects.Slice(4 * item, 4).CopyTo(wanted.AsSpan(4 * (image * queries + query)));
            }
        }
        CollectionAssert.AreEqual(c.Output("target_classes"), classes.Select(n => (double)n).ToArray());
        var weights = c.Numbers("loss_weights_ce_bbox_giou");
        var loss = new DetrLoss
        {
            ClassWeight = weights[0],
            L1Weight = weights[1],
            IouWeight = weights[2],
            NoObjectWeight = c.Number("eos_coef"),
        };
        var value = loss.Of(GoldenBoxes.Feed(rig, images, queries, classes, wanted), logits, boxes);
        rig.Meets(c, value, ("pred_logits", logits), ("pred_boxes", boxes));
    }

    private static int[] Matched(GoldenCase c, int image, int queries, int channels)
    {
        var matching = new DetrMatching(c.Number("cost_class"), c.Number("cost_bbox"), c.Number("cost_giou"));
        var logits = c.Input("pred_logits").Values<float>().Slice(image * queries * channels, queries * channels);
        var boxes = c.Input("pred_boxes").Values<float>().Slice(4 * image * queries, 4 * queries);
        var labels = c.Input($"labels_{image}").Values<long>();
        var objects = c.Input($"boxes_{image}").Values<float>();
        var (cost, expected) = (matching.Cost(logits, boxes, labels, objects), c.Output($"cost_{image}"));
        for (var q = 0; q < queries; q++)
            for (var i = 0; i < labels.Length; i++)
                Assert.AreEqual(expected[q * labels.Length + i], cost[i, q], 1e-9);
        return matching.Match(logits, boxes, labels, objects);
    }

    // Against all assignments tried out, ties and negative costs included.
    [TestMethod]
    public void AssignmentIsOptimal()
    {
        var random = new Random(11);
        for (var round = 0; round < 200; round++)
        {
            var (rows, columns) = (random.Next(0, 5), random.Next(4, 7));
            var cost = new double[rows, columns];
            for (var i = 0; i < rows; i++)
                for (var j = 0; j < columns; j++)
                    cost[i, j] = random.Next(-5, 6);
            var found = Assignment.LeastCost(cost);
            Assert.HasCount(rows, found.Distinct());
            Assert.AreEqual(Best(cost, 0, []), found.Select((column, row) => cost[row, column]).Sum(), 1e-9);
        }
    }

    private static double Best(double[,] cost, int row, HashSet<int> used) => row == cost.GetLength(0) ? 0
        : Enumerable.Range(0, cost.GetLength(1)).Where(column => !used.Contains(column))
            .Min(column => cost[row, column] + Best(cost, row + 1, [.. used, column]));

    // Three objects, two queries that lie on the last two of them.
    [TestMethod]
    public void ObjectsCompeteForQueries()
    {
        float[] objects = [.1f, .1f, .2f, .2f, .5f, .5f, .2f, .2f, .8f, .8f, .2f, .2f];
        float[] boxes = [.8f, .8f, .2f, .2f, .5f, .5f, .2f, .2f];
        CollectionAssert.AreEqual(new[] { 2, 1 }, new DetrMatching().Match([0, 0, 0, 0], boxes, [0, 0, 0], objects));
    }

    // Carion et al.: the boxes' losses are divided by the objects of the batch, matched or not.
    [TestMethod]
    public void TheLossDividesByAllObjects()
    {
        var graph = new Graph();
        var logits = graph.Constant(Tensor.Of<float>(new(1, 2, 3), [1, 0, 0, 0, 1, 0]));
        var boxes = graph.Constant(Tensor.Of<float>(new(1, 2, 4), [.4f, .5f, .2f, .3f, .3f, .4f, .1f, .2f]));
        var targets = new DetectionTargets(
            graph.Constant(Tensor.Of<long>(new(1, 2), [0, 1])),
            graph.Constant(Tensor.Of<float>(new(1, 2, 4), [.5f, .5f, .2f, .2f, .3f, .3f, .2f, .2f])));
        var plain = new DetrLoss().Terms(targets, logits, boxes);
        var all = new DetrLoss().Terms(targets with { Objects = graph.Constant(Tensor.Vector<float>(5)) }, logits, boxes);
        foreach (var (name, share) in new[] { ("classification", 1f), ("l1", 2f / 5), ("iou", 2f / 5) })
            Assert.AreEqual(Value(plain[name]) * share, Value(all[name]), 1e-6f, name);

        static float Value(Var term) => OnnxRun.Value(term).Values<float>().ToArray().Single();
    }

    [TestMethod]
    public void RefusesWrongArguments()
    {
        var graph = new Graph();
        var (x, classes) = (graph.Input("x", 2, 6, 4), graph.Input("classes", ElementType.Int64, new(2, 6)));
        FocalLossTests.Refused(() => new DetrLoss { NoObjectWeight = -1 }.Of(new(classes, x), x, x),
            "DetrLoss: NoObjectWeight is -1; expected a finite number of at least 0");
        FocalLossTests.Refused(() => Assignment.LeastCost(new double[3, 2]),
            "Assignment: 3 rows, 2 columns; expected at most as many rows as columns");
        FocalLossTests.Refused(() => new DetrMatching().Cost([1, 2], [1, 2, 3], [], []),
            "DetrMatching: 2 logits, 3 numbers");
    }
}
