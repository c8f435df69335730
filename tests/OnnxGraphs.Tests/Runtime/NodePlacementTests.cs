using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;
using OnnxGraphs.Runtime;

namespace OnnxGraphs.Tests.Runtime;

[TestClass]
public sealed class NodePlacementTests
{
    [TestMethod]
    public void Every_node_of_a_session_is_counted_once()
    {
        var graph = new Graph();
        graph.Output("y", Op.Exp(Op.Softmax(graph.Input("x", 2, 3), 1)));
        using var options = Device.Cpu.CreateSessionOptions();
        NodePlacement.Watch(options);
        using var session = new InferenceSession(GraphWriter.Write(graph, "two").ToBytes(), options);
        using var run = new RunOptions();
        for (var i = 0; i < 2; i++)
        {
            using var results = session.Run(run,
                new Dictionary<string, OrtValue> { ["x"] = HostTensors.Write(Tensor.Filled(new(2, 3), 1)) }, ["y"]);
        }
        var placement = NodePlacement.End(session);
        Assert.AreEqual(2, placement.Counts["CPUExecutionProvider"]);
        CollectionAssert.AreEqual(new[] { "Softmax", "Exp" }, placement.Operators["CPUExecutionProvider"].ToArray());
        Assert.AreEqual("2 nodes on CPU", placement.ToString());
    }

    [TestMethod]
    public void What_runs_on_the_processor_beside_a_gpu_is_named()
    {
        var placement = new NodePlacement(new Dictionary<string, IReadOnlyList<string>>
        {
            ["CPUExecutionProvider"] = ["Gather", "Shape", "Shape"], ["CUDAExecutionProvider"] = ["Conv", "Relu"],
        });
        Assert.AreEqual("2 nodes on CUDA, 3 on CPU (2 Shape, 1 Gather)", placement.ToString());
    }
}
