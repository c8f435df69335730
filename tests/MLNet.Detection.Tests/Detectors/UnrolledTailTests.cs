using System.Runtime.InteropServices;
using MLNet.Detection.Boxes;
using MLNet.Detection.Detectors;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Tests.Detectors;

/// <summary>torchvision's ssdlite, whose suppression is unrolled class by class, with other classes.</summary>
[TestClass]
public sealed class UnrolledTailTests
{
    private const string File = "models/ssdlite320_mobilenet_v3_large_full.onnx";
    private static readonly string[] Names = [.. Enumerable.Range(1, 90).Select(c => $"c{c}")];

    // The tail of the new file against this library's own decoding of its raw values.
    [TestMethod]
    [DataRow(3)]
    [DataRow(94)]
    public void The_tail_detects_the_new_classes(int count)
    {
        string[] classes = count < 90 ? ["c40", "new", "c7"] : [.. Names, "n1", "n2", "n3", "n4"];
        var detector = new DetectorImport
        {
            Classes = classes, SourceClasses = Names,
            Kept = classes.Where(name => name[0] == 'n').ToDictionary(name => name, _ => $"c{Commonest()}"),
        }.Load(Shared.File(File));
        var found = Run(detector.Model, "boxes", "scores", "labels", detector.ClassValue, detector.BoxValue);
        var decoder = detector.Decoder with
        {
            ScoreThreshold = 0.001f, IouThreshold = 0.55f, MaxCandidates = 300, MaxDetections = 300,
        };
        var expected = decoder.Decode(found[detector.ClassValue].Values<float>(),
            MemoryMarshal.Cast<float, BoxDelta>(found[detector.BoxValue].Values<float>()), [.. detector.Anchors], 320,
            320);
        var (scores, labels) = (found["scores"].Values<float>().ToArray(), found["labels"].Values<long>().ToArray());
        Assert.HasCount(expected.Length, scores);
        Assert.IsGreaterThan(100, scores.Length);
        Assert.AreEqual(count, labels.Max());
        for (var i = 0; i < scores.Length; i++)
            Assert.AreEqual(expected[i].Score, scores[i], 1e-5);
        // Neighbours of nearly equal scores may change places.
        CollectionAssert.AreEqual(expected.CountBy(o => (long)o.Class).Order(PairOrder).ToArray(),
            labels.CountBy(label => label).Order(PairOrder).ToArray());
    }

    [TestMethod]
    public void Classes_of_equal_name_keep_their_logits()
    {
        var before = OnnxModel.Load(Shared.File(File));
        var detector = new DetectorImport
        {
            Classes = ["c40", "new", "seven"], SourceClasses = Names,
            Kept = new Dictionary<string, string> { ["seven"] = "c7" },
        }.Apply(before);
        var old = Run(before, detector.ClassValue)[detector.ClassValue].Values<float>().ToArray();
        var now = Run(detector.Model, detector.ClassValue)[detector.ClassValue].Values<float>().ToArray();
        for (var row = 0; row < 3234; row++)
        {
            Assert.AreEqual(old[row * 91], now[row * 4], 1e-5, "background");
            Assert.AreEqual(old[row * 91 + 40], now[row * 4 + 1], 1e-5);
            Assert.AreEqual(old[row * 91 + 7], now[row * 4 + 3], 1e-5);
        }
    }

    [TestMethod]
    public void Names_that_do_not_fit_are_refused()
    {
        var file = Shared.File(File);
        var few = new DetectorImport { Classes = ["a"], SourceClasses = ["a", "b"] };
        StringAssert.Contains(Assert.ThrowsExactly<ModelException>(() => few.Load(file)).Message,
            "90 classes beside background, but 2 names");
        var unknown = new DetectorImport
        {
            Classes = ["a"], SourceClasses = Names, Kept = new Dictionary<string, string> { ["a"] = "cat" },
        };
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => unknown.Load(file)).Message,
            "'a' is to go on from 'cat'");
    }

    // Of the detections that torchvision found in the picture.
    private static long Commonest()
    {
        var bytes = System.IO.File.ReadAllBytes(Shared.File(File.Replace(".onnx", "_labels.i64.bin")));
        return MemoryMarshal.Cast<byte, long>(bytes).ToArray().CountBy(label => label).MaxBy(pair => pair.Value).Key;
    }

    private static Comparer<KeyValuePair<long, int>> PairOrder =>
        Comparer<KeyValuePair<long, int>>.Create((a, b) => a.Key.CompareTo(b.Key));

    private static IReadOnlyDictionary<string, Tensor> Run(OnnxModel model, params string[] values)
    {
        var bytes = System.IO.File.ReadAllBytes(Shared.File(File.Replace(".onnx", "_input.u8.bin")));
        var image = Tensor.Of<float>(new(3, 320, 320), [.. bytes.Select(b => b / 256f)]);
        return Subgraph.Run(model, new Dictionary<string, Tensor> { ["image"] = image }, values);
    }
}
