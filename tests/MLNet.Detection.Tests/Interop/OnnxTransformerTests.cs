using System.Runtime.Intrinsics.X86;
using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.Transforms.Onnx;
using MLNet.Detection.Detectors;
using MLNet.Detection.Tests.Data;
using MLNet.Detection.Tests.Heads;
using MLNet.Detection.Tests.Estimators;
using OnnxGraphs.Losses;
using OnnxGraphs.Models;

namespace MLNet.Detection.Tests.Interop;

/// <summary>Every kind of file that is saved, in ML.NET's own ApplyOnnxModel (Microsoft.ML.OnnxTransformer).</summary>
[TestClass]
public sealed class OnnxTransformerTests
{
    private readonly MLContext ml = new(seed: 1);

    [TestMethod, DynamicData(nameof(HeadCase.All), typeof(HeadCase))]
    public void A_saved_detector_gives_there_what_it_gives_in_ONNX_Runtime(object row)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("model.onnx");
        ((HeadCase)row).Load().Save(path);
        Compare(path);
    }

    [TestMethod]
    public void So_does_a_detector_with_external_data()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("model.onnx");
        TinyDetector.Model.Save(path, externalData: true);
        Compare(path);
    }

    [TestMethod, DynamicData(nameof(HeadCase.All), typeof(HeadCase))]
    public void An_end_to_end_file_finds_there_what_it_finds_in_ONNX_Runtime(object row)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("whole.onnx");
        var model = ((HeadCase)row).Load();
        (model with { Decoder = model.Decoder with { ScoreThreshold = 0.05f } }).SaveEndToEnd(path);
        StatesAllShapes(path);
        var found = 0;
        foreach (var picture in HeadExport.Decoded())
        {
            var shapes = new Dictionary<string, int[]> { ["pixels"] = [picture.Height, picture.Width, 3] };
            var data = Bytes("pixels", picture.Pixels, picture.Height, picture.Width, 3);
            var view = Apply(path, ["boxes", "scores", "labels"], ["pixels"], shapes, data);
            using var session = new InferenceSession(path);
            using var value = OrtValue.CreateTensorValueFromMemory(picture.Pixels, [picture.Height, picture.Width, 3]);
            using var run = new RunOptions();
            using var expected = session.Run(run, ["pixels"], [value], ["boxes", "scores", "labels"]);
            CollectionAssert.AreEqual(
                expected[0].GetTensorDataAsSpan<float>().ToArray(), Rows.Vectors<float>(view, "boxes")[0]);
            CollectionAssert.AreEqual(
                expected[1].GetTensorDataAsSpan<float>().ToArray(), Rows.Vectors<float>(view, "scores")[0]);
            CollectionAssert.AreEqual(
                expected[2].GetTensorDataAsSpan<long>().ToArray(), Rows.Vectors<long>(view, "labels")[0]);
            found += Rows.Vectors<float>(view, "scores")[0].Length;
            // A length that is known when the model runs is declared as one slot; the rows hold what they hold.
            Assert.AreEqual(1, ((VectorDataViewType)view.Schema["scores"].Type).Size);
        }
        Assert.IsGreaterThan(0, found);
    }

    [TestMethod]
    public void A_loss_and_its_gradient_run_there()
    {
        using var folder = new TemporaryFolder();
        // The loss itself has no axis, which ML.NET declares as one number and fails to read; the gradient has.
        LossExport.ExportLoss(new FocalLoss(), folder.Path, new(2, 3), new(OnnxGraphs.Graphs.ElementType.Float32, new(2, 3)));
        Compare(folder.File("loss.grad.onnx"));
        var data = Row(["prediction", "target"],
            new() { ["prediction"] = new float[6], ["target"] = new float[6] },
            new() { ["prediction"] = [2, 3], ["target"] = [2, 3] });
        var view = Apply(folder.File("loss.onnx"), ["loss"], ["prediction", "target"],
            new() { ["prediction"] = [2, 3], ["target"] = [2, 3] }, data);
        Assert.IsInstanceOfType<ArgumentException>(Assert.ThrowsExactly<InvalidOperationException>(
            () => Rows.Values<float>(view, "loss")).InnerException);
    }

    // Why the files must state the shapes of their outputs. Where ONNX Runtime has multiplied whole numbers with AMX before, a
    // NullReferenceException ends the process: docs/runtime.md.
    [TestMethod]
    public void An_output_without_a_shape_is_no_model_there()
    {
        const int Leaf = 7, AmxTile = 24;
        if (X86Base.IsSupported && (X86Base.CpuId(Leaf, 0).Edx & (1 << AmxTile)) != 0)
            Assert.Inconclusive("On a processor with AMX this exception may end the process of the tests.");
        using var folder = new TemporaryFolder();
        var path = folder.File("model.onnx");
        var model = OnnxModel.Load(References.PathOf("13_training", "tiny_retinanet.onnx"));
        model.Proto.Graph.Output[0].Type.TensorType.Shape = null;
        model.Save(path);
        Assert.ThrowsExactly<NullReferenceException>(() => ml.Transforms.ApplyOnnxModel(path));
    }

    private void Compare(string path)
    {
        StatesAllShapes(path);
        using var session = new InferenceSession(path);
        var names = session.InputNames.ToArray();
        var feeds = new Dictionary<string, float[]>();
        var random = new Random(4);
        foreach (var name in names)
        {
            int[] shape = [.. session.InputMetadata[name].Dimensions.Select(d => Math.Max(1, d))];
            feeds[name] = [.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(_ => random.NextSingle())];
        }
        var outputs = session.OutputNames.Where(name =>
            session.OutputMetadata[name].ElementDataType == Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float
            && session.OutputMetadata[name].Dimensions.Length > 0)
            .ToArray();
        var shapes = names.ToDictionary(name => name,
            name => session.InputMetadata[name].Dimensions.Select(d => Math.Max(1, d)).ToArray());
        var data = Row(names, feeds, shapes);
        var view = Apply(path, outputs, names, shapes, data);
        using var run = new RunOptions();
        OrtValue[] values = [.. names.Select(name => OrtValue.CreateTensorValueFromMemory(
            feeds[name], [.. shapes[name].Select(d => (long)d)]))];
        using var expected = session.Run(run, names, values, outputs);
        for (var i = 0; i < outputs.Length; i++)
        {
            var numbers = expected[i].GetTensorDataAsSpan<float>().ToArray();
            Assert.IsGreaterThan(0, numbers.Sum(Math.Abs), outputs[i]);
            Close.To([.. numbers.Select(number => (double)number)], Rows.Vectors<float>(view, outputs[i])[0], 1e-6,
                outputs[i]);
        }
        foreach (var value in values)
            value.Dispose();
    }

    private static void StatesAllShapes(string path)
    {
        var graph = OnnxModel.Load(path).Proto.Graph;
        foreach (var value in graph.Input.Concat(graph.Output))
            Assert.IsNotNull(value.Type?.TensorType?.Shape, $"{Path.GetFileName(path)}: {value.Name}");
    }

    private IDataView Apply(
        string path, string[] outputs, string[] inputs, Dictionary<string, int[]> shapes, IDataView data) =>
        ml.Transforms.ApplyOnnxModel(new OnnxOptions
        {
            ModelFile = path, OutputColumns = outputs, InputColumns = inputs, ShapeDictionary = shapes,
        }).Fit(data).Transform(data);

    private IDataView Row(string[] names, Dictionary<string, float[]> feeds, Dictionary<string, int[]> shapes)
    {
        var schema = SchemaDefinition.Create(typeof(Floats));
        foreach (var (member, name) in new[] { nameof(Floats.First), nameof(Floats.Second) }.Zip(names))
        {
            schema[member].ColumnType = new VectorDataViewType(NumberDataViewType.Single, shapes[name]);
            schema[member].ColumnName = name;
        }
        if (names.Length == 1)
            schema.RemoveAt(1);
        return ml.Data.LoadFromEnumerable(
            [new Floats { First = feeds[names[0]], Second = feeds[names[^1]] }], schema);
    }

    private IDataView Bytes(string name, byte[] values, params int[] shape)
    {
        var schema = SchemaDefinition.Create(typeof(Picture));
        schema[nameof(Picture.Values)].ColumnType = new VectorDataViewType(NumberDataViewType.Byte, shape);
        schema[nameof(Picture.Values)].ColumnName = name;
        return ml.Data.LoadFromEnumerable([new Picture { Values = values }], schema);
    }

    private sealed class Floats
    {
        public float[] First { get; set; } = [];

        public float[] Second { get; set; } = [];
    }

    private sealed class Picture
    {
        public byte[] Values { get; set; } = [];
    }
}
