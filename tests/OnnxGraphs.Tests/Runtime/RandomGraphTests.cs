using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Tests.Runtime;

/// <summary>
/// What is written here opens wherever ONNX Runtime's own rewrites are on, with any of its default options, and computes
/// the same with them.
/// </summary>
[TestClass]
public sealed class RandomGraphTests
{
    private const int Parts = 4, Graphs = 500;

    public static IEnumerable<int> Seeds => Enumerable.Range(0, Parts).Select(part => part * Graphs);

    [TestMethod]
    [DynamicData(nameof(Seeds))]
    public void ARewrittenGraphComputesTheSame(int first)
    {
        for (var seed = first; seed < first + Graphs; seed++)
        {
            var graph = new RandomGraph(seed);
            Compare(GraphWriter.Write(graph.Outputs), $"seed {seed}", graph.Feeds);
        }
    }

    [TestMethod]
    public void AQuotientOfOneTimesAnotherOpens()
    {
        var graph = new Graph();
        var (x, r) = (graph.Input("x"), graph.Input("r"));
        var y = 1f / x * r / 2f;
        Var[] outputs = [graph.Output("y", y), graph.Output("dr", Gradients.Gradient.Of(y, [r])[0])];
        var model = GraphWriter.Write(outputs);
        Assert.IsFalse(model.Proto.Graph.Node.Any(node => node.OpType == "Div" && model.Initializers.TryGetValue(
            node.Input[0], out var one) && one.ToTensor().Values<float>()[0] == 1), "a quotient of 1");
        Compare(model, "quotient", ("x", Tensor.Scalar(ElementType.Float32, 4)),
            ("r", Tensor.Scalar(ElementType.Float32, 3)));
    }

    public static IEnumerable<object[]> Boxes =>
        from box in (Loss[])[new L1Loss(), new SmoothL1Loss(), new SquaredErrorLoss()]
        from empty in Enum.GetValues<EmptyImages>()
        select new object[] { box, empty };

    [TestMethod]
    [DynamicData(nameof(Boxes))]
    public void RetinaNetsLossOpens(Loss box, EmptyImages empty)
    {
        var example = LossCatalog.All.Single(example => example.Loss is RetinaNetLoss);
        var loss = new RetinaNetLoss { Box = box, EmptyImages = empty };
        var (values, feeds) = (example.Inputs, example.Inputs.Select(input => (input.Name, input.Value)).ToArray());
        Compare(LossExport.Model(new(loss, values, x => loss.Of(new(x[2], x[3]), x[0], x[1])), gradient: true),
            $"{loss}", feeds);
    }

    [TestMethod]
    public void AllLossesOpen()
    {
        foreach (var example in LossCatalog.All)
            Compare(LossExport.Model(example, gradient: true), example.Name,
                [.. example.Inputs.Select(input => (input.Name, input.Value))]);
    }

    private static void Compare(OnnxModel model, string what, params (string, Tensor)[] feeds)
    {
        try
        {
            var expected = Run(model, GraphOptimizationLevel.ORT_DISABLE_ALL, feeds);
            var found = Run(model, GraphOptimizationLevel.ORT_ENABLE_ALL, feeds);
            for (var i = 0; i < expected.Length; i++)
                Close.AreEqual(expected[i], found[i], 1e-4f, $"{what}, {model.OutputNames.ElementAt(i)}");
        }
        catch (OnnxRuntimeException error)
        {
            Assert.Fail($"{what}: {error.Message}");
        }
    }

    private static Tensor[] Run(OnnxModel model, GraphOptimizationLevel level, (string, Tensor)[] feeds)
    {
        using var options = new SessionOptions
        {
            GraphOptimizationLevel = level, IntraOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        using var session = new InferenceSession(model.ToBytes(), options);
        return OnnxRun.Of(session, feeds);
    }
}
