using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.ML;
using MLNet.Detection.Detectors;
using MLNet.Detection.Estimators;
using MLNet.Detection.Tests.Training;
using MLNet.Detection.Training;
using MLNet.Detection.Web;
using OnnxGraphs.Models;

namespace MLNet.Detection.Tests.Web;

/// <summary>The page's modules against this library: same targets, same losses, same predictions.</summary>
[TestClass]
public sealed class WebTrainingTests
{
    private const int Steps = 6;   // two epochs of three, the last batch of each with two pictures

    [TestMethod]
    [DataRow("cpu", false)]
    [DataRow("wasm", false)]
    [DataRow("cpu", true)]
    public void Steps_in_JavaScript_are_those_of_the_library(string provider, bool softmax)
    {
        using var site = new SmallSite(detector: softmax ? SmallRun.SoftmaxDetector : null);
        var native = site.Native(Steps);
        Assert.HasCount(Steps, native.Losses);
        string[] feeds = [.. native.States.Select(path => path + ".feeds")];
        var ran = site.Node(new { site = site.Site, provider, states = native.States, feeds, reset = true });
        double[] losses = [.. ran.GetProperty("losses").EnumerateArray().Select(loss => loss.GetDouble())];
        for (var step = 0; step < Steps; step++)
        {
            AssertFeeds(native.Feeds[step], File.ReadAllBytes(feeds[step]), step);
            Assert.AreEqual(native.Losses[step], losses[step], 1e-5 * Math.Abs(native.Losses[step]), $"loss of step {step}");
        }
        AssertTuned(site, ran);
    }

    // Bits, but for logarithms, which may differ in the last one.
    private static void AssertFeeds(byte[] expected, byte[] found, int step)
    {
        Assert.AreEqual(expected.Length, found.Length, $"step {step}");
        ReadOnlySpan<float> wanted = MemoryMarshal.Cast<byte, float>(expected), fed = MemoryMarshal.Cast<byte, float>(found);
        for (var i = 0; i < wanted.Length; i++)
            if (BitConverter.SingleToInt32Bits(wanted[i]) != BitConverter.SingleToInt32Bits(fed[i]))
                Assert.AreEqual(wanted[i], fed[i], 1e-6f * (1 + Math.Abs(wanted[i])), $"step {step}, number {i}");
    }

    // The file that the page saves opens here, and finds what the page found.
    private static void AssertTuned(SmallSite site, JsonElement ran)
    {
        var file = Path.Combine(site.Site, "tuned.onnx");
        var read = WebTraining.ReadWebWeights(site.Site, Path.Combine(site.Site, "trained.bin"));
        CollectionAssert.AreEqual(SmallRun.Weights(DetectorModel.Load(file)), SmallRun.Weights(read));
        CollectionAssert.AreNotEqual(SmallRun.Weights(site.Options.Detector), SmallRun.Weights(read));
        using var transformer = new MLContext(seed: 1).Detection().LoadDetector(file);
        var found = Found.In(transformer.Transform(site.Val));
        var scale = (float)SmallSite.Side / site.Options.Detector.Resize.Width;
        var pages = ran.GetProperty("found").EnumerateArray().Select(picture => Found.In(picture, scale)).ToList();
        Assert.HasCount(site.Manifest.GetProperty("data").GetProperty("heldOut").GetArrayLength(), pages);
        Assert.IsTrue(pages.Any(picture => picture.Count > 0), "nothing is found");
        foreach (var (wanted, page) in found.Zip(pages))
            Found.AreEqual(wanted, page, 1.1f * site.Options.Detector.Decoder.ScoreThreshold);
    }

    [TestMethod]
    public void Weights_go_back_into_the_detector()
    {
        using var site = new SmallSite();
        var back = WebTraining.ReadWebWeights(site.Site, Path.Combine(site.Site, "weights.bin"));
        CollectionAssert.AreEqual(SmallRun.Weights(site.Options.Detector), SmallRun.Weights(back));
        CollectionAssert.AreEqual(site.Options.Detector.Model.OutputNames.ToArray(), back.Model.OutputNames.ToArray());
        var (path, bytes) = (site.At("odd.bin"), File.ReadAllBytes(Path.Combine(site.Site, "weights.bin")));
        File.WriteAllBytes(path, bytes[..^4]);
        StringAssert.Contains(Refused<InvalidDataException>(path), "weights of 4 bytes each");
        BitConverter.GetBytes(float.NaN).CopyTo(bytes, 8);
        File.WriteAllBytes(path, bytes);
        StringAssert.Contains(Refused<InvalidDataException>(path), "number 2 is NaN");

        string Refused<T>(string file) where T : Exception =>
            Assert.ThrowsExactly<T>(() => WebTraining.ReadWebWeights(site.Site, file)).Message;
    }

    [TestMethod]
    public void Every_weight_lies_where_the_manifest_says()
    {
        using var site = new SmallSite(options => options with { Frozen = ["*bias"] });
        var file = File.ReadAllBytes(Path.Combine(site.Site, "predict.onnx"));
        var weights = File.ReadAllBytes(Path.Combine(site.Site, "weights.bin"));
        var entries = site.Manifest.GetProperty("weights").EnumerateArray().ToList();
        Assert.IsGreaterThan(10, entries.Count);
        Assert.IsFalse(entries.Any(entry => entry.GetProperty("name").GetString()!.EndsWith("bias", StringComparison.Ordinal)));
        foreach (var entry in entries)
        {
            var (offset, count, at) = (Int("offset"), Int("count"), Int("at"));
            CollectionAssert.AreEqual(weights[(4 * offset)..(4 * (offset + count))], file[at..(at + 4 * count)]);
            // Other bytes there are read back under the weight's name.
            BitConverter.GetBytes(offset + 0.5f).CopyTo(file, at);

            int Int(string name) => entry.GetProperty(name).GetInt32();
        }
        var path = site.At("patched.onnx");
        File.WriteAllBytes(path, file);
        var stored = OnnxModel.Load(path).Initializers;
        foreach (var entry in entries)
            Assert.AreEqual(entry.GetProperty("offset").GetInt32() + 0.5f,
                stored[entry.GetProperty("name").GetString()!].ToTensor().Values<float>()[0]);
    }

    [TestMethod]
    public void Pictures_are_held_out_where_there_is_no_validation_set()
    {
        using var site = new SmallSite(options => options with { ValidationSet = null }, new() { HeldOut = 2, Pictures = 5 });
        var data = site.Manifest.GetProperty("data");
        string[] Names(string part) => [.. data.GetProperty(part).EnumerateArray().Select(p => p.GetProperty("name").GetString()!)];
        Assert.HasCount(2, Names("heldOut"));
        Assert.HasCount(5, Names("train"));
        Assert.IsFalse(Names("heldOut").Intersect(Names("train")).Any());
    }

    [TestMethod]
    public void Says_what_a_page_cannot_do()
    {
        using var site = new SmallSite();
        StringAssert.Contains(Refused<IOException>(options => options, site.Site), "exists already; give another folder, or allow overwriting (Overwrite, or --overwrite)");
        StringAssert.Contains(Refused<ArgumentException>(options => options with { Sampler = new SmallRun.InOrder() }),
            "Options.Sampler");
        StringAssert.Contains(Refused<ArgumentException>(options => options with
        {
            Augmentations = [new MLNet.Detection.Augmentation.HorizontalFlip()],
        }), "Options.Augmentations");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => Write(options => options, site.At("new"),
            new() { Runtime = site.At("nowhere") })).Message, "ort.wasm.bundle.min.mjs");

        string Refused<T>(Func<FineTuneTrainer.Options, FineTuneTrainer.Options> change, string? folder = null)
            where T : Exception =>
            Assert.ThrowsExactly<T>(() => Write(change, folder ?? site.At("new"), new())).Message;

        void Write(Func<FineTuneTrainer.Options, FineTuneTrainer.Options> change, string folder, WebTrainerOptions web) =>
            new FineTuneTrainer(new MLContext(seed: 1), change(site.Options)).WriteWebTrainer(folder, site.Train, web);
    }
}
