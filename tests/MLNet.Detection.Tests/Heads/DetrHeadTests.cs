using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Tests.Detectors;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Tests.Heads;

[TestClass]
public sealed class DetrHeadTests
{
    private static HeadCase Detr => HeadCase.Of("detr");

    // Each query gives its best class, whatever "no object" says, and none suppresses another.
    [TestMethod]
    public void Detects_one_object_a_query()
    {
        var model = Detr.Load();
        using var detector = new Detector(model, 1);
        var picture = HeadExport.Decoded()[0];
        var planes = new float[3 * 64 * 64];
        model.Normalization.Write(picture, planes);
        var outputs = Subgraph.Run(model.Model, new Dictionary<string, Tensor>
        {
            ["images"] = Tensor.Of<float>(new(1, 3, 64, 64), planes),
        }, model.Model.OutputNames);
        var (logits, boxes) = (outputs["pred_logits"].Values<float>().ToArray().Chunk(4).ToList(),
            outputs["pred_boxes"].Values<float>().ToArray().Chunk(4).ToList());
        var expected = logits.Select((row, q) => (Score: row[..3].Max(x => Math.Exp(x)) / row.Sum(x => Math.Exp(x)),
            Class: Array.IndexOf(row, row[..3].Max()),
            Box: Box.FromCxcywh(boxes[q][0], boxes[q][1], boxes[q][2], boxes[q][3]).Scale(64, 64).Clip(64, 64)));
        var found = detector.Detect([picture])[0];
        Assert.HasCount(8, found);
        foreach (var (a, b) in expected.OrderByDescending(e => e.Score).Zip(found))
        {
            Assert.AreEqual(a.Class, b.Class);
            Assert.AreEqual(a.Score, b.Score, 1e-5);
            Assert.AreEqual(a.Box.X0, b.Box.X0, 1e-3f);
            Assert.AreEqual(a.Box.Y1, b.Box.Y1, 1e-3f);
        }
    }

    // Eight queries, twelve objects: which of them are learnt is a matter of cost, not of their order.
    [TestMethod]
    public void More_objects_than_queries_compete()
    {
        var image = HeadExport.Pictures.Images[0];
        LabeledBox[] boxes = [.. Enumerable.Range(0, 12).Select(i =>
            new LabeledBox(new(4 * i, 3 * i, 4 * i + 12 + i, 3 * i + 15), i % 3, 180))];
        float Loss(IEnumerable<LabeledBox> order) => HeadExport.Train(Detr.Load(), 1, 1e-3f, pictures:
            Training.SmallRun.With(HeadExport.Pictures, [image with { Boxes = [.. order] }])).History[0].Loss;
        var first = Loss(boxes);
        Assert.IsTrue(float.IsFinite(first));
        Assert.AreEqual(first, Loss(boxes.Reverse()), 1e-5f * first);
    }

    [TestMethod]
    public void Names_values_of_other_shapes()
    {
        var error = Assert.ThrowsExactly<ModelException>(
            () => (Detr.Import with { BoxOutput = "images" }).Load(Detr.Export.Path));
        StringAssert.Contains(error.Message, "[1, 8, 4], centre and size in parts of the picture");
    }
}
