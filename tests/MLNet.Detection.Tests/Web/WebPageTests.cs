using System.Text.Json;
using Microsoft.ML;
using MLNet.Detection.Detectors;
using MLNet.Detection.Estimators;
using MLNet.Detection.Tests.Training;
using OnnxGraphs.Tests.Artifacts;

namespace MLNet.Detection.Tests.Web;

/// <summary>The page as a user has it, in headless Chromium.</summary>
[TestClass]
public sealed class WebPageTests
{
    private const int Steps = 30;

    [TestMethod]
    public void The_page_trains_shows_saves_and_resumes()
    {
        using var site = Site();
        var used = Use(site, new
        {
            site = site.Site, steps = Steps, browser = Browser.Path, screenshot = site.At("page.png"),
            download = site.At("saved.onnx"), picture = Directory.GetFiles(site.Images)[0], isolated = false, threads = 0,
        });
        StringAssert.Contains(used.GetProperty("threads").GetString()!, "wasm, 1 thread.");
        StringAssert.Contains(used.GetProperty("threads").GetString()!, "Cross-Origin-Opener-Policy");
        AssertLearnt(used);
        AssertSaved(site, used);
        AssertOwn(used);
        Assert.AreEqual(JsonValueKind.Array, used.GetProperty("told").ValueKind);
        Assert.AreEqual(0, used.GetProperty("told").GetArrayLength(), $"the console says {used.GetProperty("told")}");
        Assert.IsGreaterThan(20_000, new FileInfo(site.At("page.png")).Length);
    }

    [TestMethod]
    public void With_its_headers_the_page_has_threads()
    {
        using var site = Site();
        var used = Use(site, new
        {
            site = site.Site, steps = 4, browser = Browser.Path, screenshot = site.At("page.png"),
            download = site.At("saved.onnx"), isolated = true, threads = 2,
        });
        Assert.AreEqual("wasm, 2 threads.", used.GetProperty("threads").GetString());
        AssertSaved(site, used);
    }

    // By SwiftShader, which Chromium brings. Before its first step the page compares one with the processor's.
    [TestMethod]
    public void The_page_trains_on_WebGPU()
    {
        using var site = Site();
        var used = Use(site, new
        {
            site = site.Site, steps = 3, browser = Browser.Path, screenshot = site.At("page.png"),
            download = site.At("saved.onnx"), isolated = true, threads = 1, device = "webgpu",
        });
        Assert.AreEqual("webgpu, 1 thread.", used.GetProperty("threads").GetString());
        Assert.AreEqual(3, used.GetProperty("losses").GetArrayLength());
        AssertSaved(site, used);
        Assert.AreEqual("Resumed at step 3.", used.GetProperty("resumed").GetString());
    }

    private static SmallSite Site() => new(web: new()
    {
        Runtime = Path.Combine(NodeScript.WebRuntime.Harness, "node_modules", "onnxruntime-web", "dist"),
    });

    private static JsonElement Use(SmallSite site, object plan) => site.Node(plan, script: "page.mjs");

    private static void AssertLearnt(JsonElement used)
    {
        double[] losses = [.. used.GetProperty("losses").EnumerateArray().Select(loss => loss.GetDouble())];
        Assert.HasCount(Steps, losses);
        Assert.IsLessThan(0.9 * losses.Take(5).Average(), losses.TakeLast(5).Average());
        Assert.IsGreaterThan(100, used.GetProperty("curve").GetInt32(), "points of the curve");
        int[] pictures = [.. used.GetProperty("pictures").EnumerateArray().Select(colours => colours.GetInt32())];
        Assert.HasCount(6, pictures, "three pictures, before and after");
        Assert.IsTrue(pictures.All(colours => colours > 50), $"colours: {string.Join(", ", pictures)}");
    }

    private static void AssertSaved(SmallSite site, JsonElement used)
    {
        Assert.AreEqual("tuned.onnx", used.GetProperty("name").GetString());
        CollectionAssert.AreNotEqual(SmallRun.Weights(site.Options.Detector), SmallRun.Weights(DetectorModel.Load(site.At("saved.onnx"))));
        using var transformer = new MLContext(seed: 1).Detection().LoadDetector(site.At("saved.onnx"));
        var (found, pages) = (Found.In(transformer.Transform(site.Val)), used.GetProperty("found").EnumerateArray().ToList());
        Assert.HasCount(found.Count, pages);
        Assert.IsTrue(found.Any(picture => picture.Count > 0), "nothing is found");
        foreach (var (wanted, page) in found.Zip(pages))
            Found.AreEqual(wanted, Found.In(page, scale: 1), 1.1f * site.Options.Detector.Decoder.ScoreThreshold);
    }

    private static void AssertOwn(JsonElement used)
    {
        double[] box = [.. used.GetProperty("drawn")[0].GetProperty("box").EnumerateArray().Select(x => x.GetDouble())];
        foreach (var (found, part) in box.Zip((double[])[0.25, 0.25, 0.75, 0.5]))
            Assert.AreEqual(part * SmallSite.Side, found, 1);
        var step = used.GetProperty("own").GetProperty("step").GetInt32();
        Assert.IsGreaterThanOrEqualTo(Steps + 3, step);
        Assert.IsLessThan(Steps + 1000, step, "it was stopped");
        Assert.AreEqual(2, used.GetProperty("own").GetProperty("pictures").GetInt32());
        Assert.AreEqual($"Resumed at step {step}.", used.GetProperty("resumed").GetString());
        Assert.AreEqual(step, used.GetProperty("kept").GetProperty("losses").GetInt32());
        Assert.AreEqual(1, used.GetProperty("kept").GetProperty("own").GetInt32());
    }
}
