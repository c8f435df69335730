using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Tests.Kernels;

/// <summary>Convolutions of several maps by the same weights, against ONNX Runtime's operators.</summary>
[TestClass]
public class SharedWeightsTests
{
    private const string Forward = "WinogradConvLevels", Backward = "WinogradConvInputGradientLevels";

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void LevelsOfAPyramidAreOneStep(bool hasBias)
    {
        var random = new RandomTensors(11);
        var kernels = BothForms.Compare(x =>
        {
            Var[] levels = [.. x.Take(3).Select(map => Op.Relu(Op.Conv(map, x[3], hasBias ? x[4] : null, 1, 1)))];
            return Op.Concat([.. levels.Select(level => Op.Reshape(Op.Conv(level, x[5], null, 1, 1), 2, 16, -1))], 2);
        }, 1e-3f, random.Normal(2, 16, 20, 17), random.Normal(2, 16, 10, 9), random.Normal(2, 16, 12, 12),
            random.Normal(24, 16, 3, 3), random.Normal(24), random.Normal(16, 24, 3, 3));
        Assert.AreEqual(2, kernels.Count(kernel => kernel == Forward));
        Assert.AreEqual(2, kernels.Count(kernel => kernel == Backward));
    }

    /// <summary>A convolution that waits for another one by the same weights stays a step of its own.</summary>
    [TestMethod]
    public void OneAfterTheOtherStayTwo()
    {
        var random = new RandomTensors(12);
        var kernels = BothForms.Compare(x => Op.Conv(Op.Conv(x[0], x[1], null, 1, 1), x[1], null, 1, 1), 2e-3f,
            random.Normal(2, 16, 20, 17), random.Uniform(-0.1, 0.1, 16, 16, 3, 3));
        Assert.AreEqual(2, kernels.Count(kernel => kernel == "WinogradConv"));
        CollectionAssert.DoesNotContain(kernels.ToArray(), Forward);
    }
}
