using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Runtime;
using OnnxGraphs.Sessions;
using OnnxGraphs.Training;

namespace OnnxGraphs.Tests.Kernels;

/// <summary>Sessions with kernels: lifetime, the switch, what stays standard.</summary>
[TestClass]
public class SessionTests
{
    [TestMethod]
    public void ManySessionsComeAndGo()
    {
        var (outputs, feeds) = Example();
        var first = BothForms.Run(outputs, Device.Cpu, feeds).Values[0];
        for (var i = 0; i < 50; i++)
        {
            using var session = GraphSession.Open(outputs, null, Device.Cpu);
            Assert.HasCount(1, session.Kernels);
            if (i % 10 == 0)
                GC.Collect();
            CollectionAssert.AreEqual(first.Data, OnnxRun.Of(session.Session, feeds)[0].Data);
        }
    }

    [TestMethod]
    public void SessionsAreMadeOnSeveralThreads()
    {
        var (outputs, feeds) = Example();
        var expected = BothForms.Run(outputs, Device.Cpu, feeds).Values[0].Data;
        Parallel.For(0, 32, _ =>
            CollectionAssert.AreEqual(expected, BothForms.Run(outputs, Device.Cpu, feeds).Values[0].Data));
    }

    [TestMethod]
    public void SeveralThreadsShareASession()
    {
        var (outputs, feeds) = Example();
        using var session = GraphSession.Open(outputs, null, Device.Cpu);
        var expected = OnnxRun.Of(session.Session, feeds)[0].Data;
        Parallel.For(0, 32, _ => CollectionAssert.AreEqual(expected, OnnxRun.Of(session.Session, feeds)[0].Data));
    }

    [TestMethod]
    public void SeveralThreadsOpenSessions()
    {
        var (outputs, feeds) = Example();
        Parallel.For(0, 16, _ =>
        {
            using var session = GraphSession.Open(outputs, null, Device.Cpu);
            Assert.IsNotEmpty(OnnxRun.Of(session.Session, feeds));
        });
    }

    [TestMethod]
    public void KernelsGrowNoGarbage()
    {
        var (outputs, feeds) = Example();
        using var session = GraphSession.Open(outputs, null, Device.Cpu);
        using var binding = session.Session.CreateIoBinding();
        foreach (var (name, value) in feeds)
            binding.BindInput(name, HostTensors.Write(value));
        binding.BindOutput("y", HostTensors.Allocate(outputs[0].Type, outputs[0].Shape));
        using var run = new Microsoft.ML.OnnxRuntime.RunOptions();
        for (var i = 0; i < 3; i++)
            session.Session.RunWithBinding(run, binding);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            session.Session.RunWithBinding(run, binding);
        // The binding itself may allocate a little for a call.
        Assert.IsLessThan(100 * 200, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    public void TheStepOfATrainingGraphIsStandardOnnx()
    {
        var model = OnnxModel.Load("References/13_training/tiny_retinanet.onnx");
        var graph = TrainingGraph.Build(model, ["cls_logits", "bbox_regression"], (graph, heads) => new
            Dictionary<string, Var>
            {
                ["loss"] = new RetinaNetLoss().Of(Op.Concat([heads[1], heads[0]], 2), graph.Input("t", 2, 128, 5)),
            }, new Sgd(), new()
            {
                InputShapes = new Dictionary<string, TensorShape> { ["images"] = new(2, 3, 32, 32) },
            });
        Assert.IsTrue(graph.Step.Proto.Graph.Node.All(node => node.Domain.Length == 0));
        Assert.HasCount(1, graph.Step.Proto.OpsetImport);
    }

    [TestMethod]
    public void TheSwitchTurnsKernelsOff()
    {
        using var session = GraphSession.Open(Example().Outputs, null, Device.Cpu with { Kernels = false });
        Assert.IsEmpty(session.Kernels);
    }

    private static (Var[] Outputs, (string, Tensor)[] Feeds) Example()
    {
        var graph = new Graph();
        var (x, w) = (graph.Input("x", 2, 8, 12, 12), graph.Input("w", 8, 1, 3, 3));
        var random = new RandomTensors(2);
        return ([graph.Output("y", Op.Conv(x, w, null, 1, 1, 1, 8))],
            [("x", random.Normal(2, 8, 12, 12)), ("w", random.Normal(8, 1, 3, 3))]);
    }
}
