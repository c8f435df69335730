using Microsoft.ML.OnnxRuntime;
using MLNet.Detection.Builtin;
using MLNet.Detection.Detectors;
using MLNet.Detection.Images;
using MLNet.Detection.Inspection;
using MLNet.Detection.Segmentation;
using MLNet.Detection.Tests.Data;
using OnnxGraphs.Graphs;
using OnnxGraphs.Inspection;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Tests.Segmentation;

[TestClass]
public class SegmenterImportTests
{
    private static readonly (string File, string Activation, int Channels, (int, int)? Size)[] Zoo =
    [
        ("dbnet_chineseocr_lite", "Sigmoid", 1, (96, 64)), ("unet_sed_gen", "", 1, null),
        ("pphumanseg_chernobyl", "Softmax", 2, (96, 64)), ("deeplabv3_mnv2_257", "", 21, null),
        ("pan_mnv3_skin_hair", "Sigmoid", 3, null),
    ];

    public static IEnumerable<object[]> ZooFiles => Zoo.Select(z => new object[] { z.File });

    [TestMethod]
    [DataRow("unet", MapActivation.Sigmoid, null, 1)]
    [DataRow("unet_crop", MapActivation.Softmax, 0, 3)]
    [DataRow("fcn", MapActivation.Softmax, 0, 3)]
    [DataRow("fcn_quarter", MapActivation.Softmax, 0, 3)]
    [DataRow("fcn_softmax", MapActivation.Softmax, 0, 3)]
    [DataRow("fcn_sigmoid", MapActivation.Sigmoid, null, 2)]
    [DataRow("fcn_argmax", MapActivation.Softmax, 0, 3)]
    [DataRow("fcn_last", MapActivation.Softmax, 0, 3)]
    [DataRow("sum", MapActivation.Softmax, 0, 3)]
    public void FindsWhatTheMapMeans(string net, MapActivation activation, int? background, int channels)
    {
        var model = MapFiles.Import(net);
        Assert.AreEqual((activation, background, channels), (model.Activation, model.BackgroundChannel, model.Channels));
        Assert.IsFalse(model.ChannelsLast);
        Assert.AreEqual(net == "unet_crop", model.Tiling is not null);
    }

    /// <summary>New classes at every place, old ones keep their scores; the file's outputs keep names and
    /// types.</summary>
    [TestMethod]
    [DataRow("unet")]
    [DataRow("unet_crop")]
    [DataRow("fcn")]
    [DataRow("fcn_quarter")]
    [DataRow("fcn_softmax")]
    [DataRow("fcn_sigmoid")]
    [DataRow("fcn_argmax")]
    [DataRow("fcn_last")]
    [DataRow("sum")]
    public void OtherClassesKeepWhatIsKept(string net)
    {
        var old = MapFiles.Import(net);
        var import = new SegmenterImport
        {
            Classes = ["new", .. old.Classes, "more"], SourceClasses = old.Classes, Normalization = Normalization.Unit,
        };
        var model = import.Load(MapFiles.Path(net));
        Assert.AreEqual(old.Channels + 2, model.Channels);
        CollectionAssert.AreEqual(old.Model.OutputNames.ToList(), model.Model.OutputNames.ToList());
        var picture = Noise(48, 32);
        var (before, after) = (Scores(old, picture), Scores(model, picture));
        var size = before.Length / old.Channels;
        for (var label = old.BackgroundChannel is null ? 1 : 0; label <= old.Classes.Count; label++)
        {
            var (from, to) = (Channel(old, label), Channel(model, label == 0 ? 0 : label + 1));
            for (var i = 0; i < size; i++)
                Assert.AreEqual(before[from * size + i], after[to * size + i], 1e-5f);
        }
    }

    [TestMethod]
    public void SavedAndLoadedItIsTheSame()
    {
        using var folder = new TemporaryFolder();
        foreach (var net in MapFiles.All)
        {
            var model = MapFiles.Import(net) with { Threshold = 0.4f, Tiling = net == "unet_crop" ? new(0.5) : null };
            model.Save(folder.File(net + ".onnx"));
            var loaded = SegmenterModel.Load(folder.File(net + ".onnx"));
            Assert.AreEqual(model with { Model = loaded.Model, Classes = loaded.Classes, Warnings = loaded.Warnings }, loaded);
            CollectionAssert.AreEqual(model.Classes.ToList(), loaded.Classes.ToList());
            using Segmenter a = new(model), b = new(loaded);
            var picture = Noise(70, 45);
            CollectionAssert.AreEqual(a.Segment(picture).Probabilities, b.Segment(picture).Probabilities);
        }
    }

    [TestMethod]
    [DynamicData(nameof(ZooFiles))]
    public void PublicFilesTakeOtherClasses(string file)
    {
        var (_, activation, channels, size) = Zoo.Single(z => z.File == file);
        var path = Shared.File($"zoo/segmentation/{file}.onnx");
        var model = OnnxModel.Load(path);
        var input = ImageInput.Read(model, size, orGrey: true);
        var cut = MapCut.Of(model, input.Shapes, input.Width, input.Height).Single();
        Assert.AreEqual((activation, channels), (cut.Activation ?? "", cut.Channels));
        foreach (var classes in (int[])[1, 4])
        {
            var import = new SegmenterImport
            {
                Classes = [.. Enumerable.Range(1, classes).Select(c => $"c{c}")], ImageSize = size, Normalization = Normalization.Unit,
            };
            var read = import.Load(path);
            using Segmenter segmenter = new(read, 1), several = new(read, 3);
            var found = segmenter.Segment(Noise(61, 47));
            Assert.AreEqual(3, several.BatchSize);
            Near(found.Probabilities, several.Segment([RgbImage.Filled(61, 47, 9, 9, 9), Noise(61, 47)])[1].Probabilities);
            Assert.AreEqual((61, 47), (found.Labels.Width, found.Labels.Height));
            Assert.IsTrue(found.Labels.Classes.All(c => c <= classes));
            Assert.IsTrue(found.Probabilities.All(p => p is >= 0 and <= 1.00001f));
        }
    }

    /// <summary>The largest score of three rows: of several pictures there would be more.</summary>
    [TestMethod]
    public void ABatchOfOneThatCannotBeFreedIsTakenOneByOne()
    {
        var model = OnnxModel.Load(MapFiles.Path("fcn")).Clone();
        var graph = model.Proto.Graph;
        graph.Node.Single(node => node.Output.Contains("map")).Output[0] = "raw";
        graph.Input[0].Type.TensorType.Shape.Dim[0] = new() { DimValue = 1 };
        foreach (var (name, sizes) in new[] { ("rows", (long[])[3, 32 * 48]), ("picture", [1, 1, 32, 48]) })
            graph.Initializer.Add(new TensorProto
            {
                Name = name, DataType = (int)ElementType.Int64, Dims = { sizes.Length }, Int64Data = { sizes },
            });
        var largest = new NodeProto { OpType = "ReduceMax", Input = { "flat" }, Output = { "most" } };
        largest.Attribute.Add(new AttributeProto { Name = "axes", Type = AttributeProto.Types.AttributeType.Ints, Ints = { 0 } });
        graph.Node.Add(
        [
            new NodeProto { OpType = "Reshape", Input = { "raw", "rows" }, Output = { "flat" } }, largest,
            new NodeProto { OpType = "Reshape", Input = { "most", "picture" }, Output = { "shift" } },
            new NodeProto { OpType = "Sub", Input = { "raw", "shift" }, Output = { "map" } },
        ]);
        StringAssert.Contains(DetectorInspection.Of(model).Recipe.Command, " --batch 1 ");
        using var segmenter = new Segmenter(
            new SegmenterImport { Classes = ["one", "two"], Normalization = Normalization.Unit }.Apply(model));
        Assert.AreEqual(1, segmenter.BatchSize);
        Near(segmenter.Segment(Noise(48, 32)).Probabilities,
            segmenter.Segment([RgbImage.Filled(48, 32, 9, 9, 9), Noise(48, 32)])[1].Probabilities);
    }

    [TestMethod]
    public void SaysWhatIsWrong()
    {
        var import = new SegmenterImport { Classes = ["a"], Normalization = Normalization.Unit, MapOutput = "images" };
        StringAssert.Contains(Assert.ThrowsExactly<ModelException>(() =>
            (import with { MapOutput = "nothing" }).Load(MapFiles.Path("fcn"))).Message, "nothing");
        StringAssert.Contains(Assert.ThrowsExactly<ModelException>(() =>
            (import with { MapOutput = null, Normalization = null }).Load(MapFiles.Path("fcn"))).Message, "--normalization");
        StringAssert.Contains(Assert.ThrowsExactly<ModelException>(() =>
            (import with { MapOutput = null }).Load(References.PathOf("exports", "ssd_vgg_11.onnx"))).Message, "is a map of scores");
    }

    /// <summary>What stands behind the activation is no raw score: it is stepped over where it leaves the meaning, else
    /// refused.</summary>
    [TestMethod]
    [DataRow("fcn_sigmoid", "Mul", 255f)]
    [DataRow("fcn_sigmoid", "Sub", 1f)]
    [DataRow("fcn_softmax", "Mul", 0.2f)]
    [DataRow("fcn_softmax", "Gather", 1f, 0f, 2f)]
    [DataRow("fcn_softmax", "Gather", 0f)]
    [DataRow("fcn_sigmoid", "Gather", 1f)]
    public void RefusesWhatChangesProbabilities(string net, string type, params float[] numbers)
    {
        var model = Behind(net, type, numbers);
        var import = new SegmenterImport { Classes = ["one", "two"], Normalization = Normalization.Unit };
        var error = Assert.ThrowsExactly<ModelException>(() => import.Apply(model)).Message;
        StringAssert.Contains(error, $"{type} 'scores'");
        StringAssert.Contains(error, "--map-output inner");
        StringAssert.Contains(error, model.Path);
        var named = (import with { MapOutput = "inner" }).Apply(model);
        Assert.AreEqual(MapFiles.Import(net) with { Model = named.Model, Classes = named.Classes, Warnings = named.Warnings }, named);
    }

    [TestMethod]
    [DataRow("fcn_softmax", "Mul", 1f)]
    [DataRow("fcn_softmax", "Gather", 0f, 1f, 2f)]
    [DataRow("fcn_softmax", "Gather", 1f, 2f)]
    public void StepsOverWhatLeavesThem(string net, string type, params float[] numbers)
    {
        var model = Behind(net, type, numbers);
        var import = new SegmenterImport { Classes = ["one", "two"], Normalization = Normalization.Unit };
        var read = import.Apply(model);
        Assert.AreEqual(MapFiles.Import(net) with { Model = read.Model, Classes = read.Classes, Warnings = read.Warnings }, read);
        // Numbers of channels in the file say nothing of a third class.
        if (numbers is [1, 2])
            StringAssert.Contains(Assert.ThrowsExactly<ModelException>(() =>
                (import with { Classes = ["one", "two", "three"] }).Apply(model)).Message, "takes channel 1, 2 of 4");
    }

    // The net with one more node behind its only output, by then called 'scores': arithmetic with a number, 1 - p, or
    // channels.
    private static OnnxModel Behind(string net, string type, float[] numbers)
    {
        var model = OnnxModel.Load(MapFiles.Path(net)).Clone();
        var graph = model.Proto.Graph;
        var output = graph.Output.Single();
        graph.Node.Single(node => node.Output.Contains(output.Name)).Output[0] = "inner";
        output.Name = "scores";
        output.Type.TensorType.Shape = null;
        var (constant, node) = (new TensorProto { Name = "numbers" }, new NodeProto { OpType = type, Output = { "scores" } });
        if (type == "Gather")
        {
            constant.DataType = (int)ElementType.Int64;
            constant.Dims.Add(numbers.Length);
            constant.Int64Data.Add(numbers.Select(number => (long)number));
            node.Attribute.Add(new AttributeProto { Name = "axis", Type = AttributeProto.Types.AttributeType.Int, I = 1 });
        }
        else
        {
            constant.DataType = (int)ElementType.Float32;
            constant.FloatData.Add(numbers);
        }
        node.Input.Add(type == "Sub" ? ["numbers", "inner"] : ["inner", "numbers"]);
        graph.Initializer.Add(constant);
        graph.Node.Add(node);
        return model;
    }

    [TestMethod]
    public void ANetworkOfTheOtherKindIsSaid()
    {
        using var folder = new TemporaryFolder();
        MapFiles.Import("fcn").Save(folder.File("map.onnx"));
        StringAssert.Contains(Assert.ThrowsExactly<ModelException>(() => DetectorModel.Load(folder.File("map.onnx"))).Message,
            "it is a segmentation network, and a detector is wanted; SegmenterModel and LoadSegmenter take it");
        new SmallDetector { Classes = ["a"] }.Build().Save(folder.File("boxes.onnx"));
        StringAssert.Contains(Assert.ThrowsExactly<ModelException>(() => SegmenterModel.Load(folder.File("boxes.onnx"))).Message,
            "it is a detector, and a segmentation network is wanted; DetectorModel and LoadDetector take it");
    }

    [TestMethod]
    public void ASizeThatTheFileDoesNotTakeIsRefused()
    {
        var import = new SegmenterImport { Classes = ["one", "two"], Normalization = Normalization.Unit };
        Assert.AreEqual(48, (import with { ImageSize = (48, 32) }).Load(MapFiles.Path("fcn")).Resize.Width);
        StringAssert.Contains(Assert.ThrowsExactly<ModelException>(() => (import with { ImageSize = (64, 64) }).Load(MapFiles.Path("fcn")))
            .Message, "takes pictures of 48 x 32 alone, not of 64 x 64; leave the size out (ImageSize, or --image-size)");
    }

    [TestMethod]
    public void GreyPicturesAreSaidToBePictures() => Assert.AreEqual("pictures, grey",
        OnnxModel.Load(Shared.File("zoo/segmentation/unet_sed_gen.onnx")).Summary().Inputs[0].Meaning);

    internal static RgbImage Noise(int width, int height)
    {
        var pixels = new byte[3 * width * height];
        new Random(3).NextBytes(pixels);
        return new(width, height, pixels);
    }

    private static void Near(float[] expected, float[] found)
    {
        Assert.HasCount(expected.Length, found);
        for (var i = 0; i < found.Length; i++)
            Assert.AreEqual(expected[i], found[i], 1e-3f);
    }

    private static int Channel(SegmenterModel model, int label) => model.BackgroundChannel is null ? label - 1 : label;

    // The raw scores of the file for the picture in the network's size.
    private static float[] Scores(SegmenterModel model, RgbImage picture)
    {
        var planes = new float[3 * 48 * 32];
        model.Normalization.Write(picture, planes);
        var value = Subgraph.Run(model.Model, new Dictionary<string, Tensor>
        {
            [model.Model.Inputs[0].Name] = Tensor.Of<float>(new(1, 3, 32, 48), planes),
        }, [model.MapValue])[model.MapValue];
        return value.Values<float>().ToArray();
    }
}
