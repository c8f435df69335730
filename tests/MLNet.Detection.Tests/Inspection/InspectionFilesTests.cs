using System.Text.Json.Nodes;
using MLNet.Detection.Builtin;
using MLNet.Detection.Inspection;
using OnnxGraphs.Models;

namespace MLNet.Detection.Tests.Inspection;

/// <summary>The report as JSON and HTML.</summary>
[TestClass]
public sealed class InspectionFilesTests
{
    private static DetectorInspection Small { get; } =
        DetectorInspection.Of(new SmallDetector { Classes = ["a", "b"], Width = 64, Height = 64 }.Build().Model);

    // Programs read these keys: the schema number must grow when one goes.
    [TestMethod]
    public void JSON_has_the_keys_of_its_schema()
    {
        var json = JsonNode.Parse(InspectionJson.Write(Small))!;
        Assert.AreEqual(1, (int)json["schema"]!);
        CollectionAssert.AreEqual(
            new[]
            {
                "schema", "file", "opset", "ir_version", "producer", "nodes", "inputs", "outputs", "cut_points",
                "class_value", "box_value", "head", "map", "picture", "blocks", "parameters", "operators", "anchors", "step",
                "recipe", "notes", "problems",
            }, json.AsObject().Select(pair => pair.Key).ToArray());
        Assert.AreEqual("class_logits", (string)json["class_value"]!);
        Assert.AreEqual("RetinaNet", (string)json["head"]!["kind"]!);
        Assert.AreEqual(Small.Model.TrainableParameters, (long)json["parameters"]!["trainable"]!);
        Assert.AreEqual(64, (int)json["picture"]!["width"]!);
        Assert.HasCount(4, json["step"]!["estimates"]!.AsArray());
        Assert.AreEqual(InspectionJson.Write(Small), InspectionJson.Write(Small));
    }

    [TestMethod]
    public void HTML_draws_every_block_and_escapes_names()
    {
        var model = new SmallDetector { Classes = ["a"], Width = 64, Height = 64 }.Build().Model;
        var odd = new OnnxModel(model.Proto, "<b>&.onnx");
        var report = DetectorInspection.Of(odd);
        var html = InspectionReport.Render(report);
        foreach (var block in report.Model.Blocks)
            StringAssert.Contains(html, $">{block.Name}</text>");
        Assert.DoesNotContain("<b>", html);
        Assert.DoesNotContain("<script", html);
        StringAssert.Contains(html, "&lt;b&gt;&amp;.onnx");
        Assert.AreEqual(html.Split("<section>").Length, html.Split("</section>").Length);
    }

    // Twice the images cost twice the time, and the memory of their values.
    [TestMethod]
    public void A_step_costs_what_its_images_cost()
    {
        var cost = Small.Model.Cost!;
        Assert.AreEqual(8 * cost.Estimate(1).Seconds, cost.Estimate(8).Seconds, 1e-9);
        Assert.AreEqual(0.57 * 7 * cost.ActivationBytes, cost.Estimate(8).Bytes - cost.Estimate(1).Bytes, 1);
        Assert.AreEqual(Small.Model.TrainableParameters, cost.TrainableParameters);
        // One convolution 3 x 3 of 3 colours to 16 channels at stride 2 comes first.
        Assert.IsGreaterThan(32 * 32 * 16 * 27, cost.MultiplyAdds);
    }
}
