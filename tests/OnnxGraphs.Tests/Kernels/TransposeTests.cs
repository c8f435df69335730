using OnnxGraphs.Ops;

namespace OnnxGraphs.Tests.Kernels;

/// <summary>Transpositions of matrices against ONNX Runtime's operator.</summary>
[TestClass]
public class TransposeTests
{
    [TestMethod]
    [DataRow(new[] { 2, 9, 5, 12, 10 }, new long[] { 0, 3, 4, 1, 2 })]
    [DataRow(new[] { 3, 21, 9, 11 }, new long[] { 0, 2, 3, 1 })]
    [DataRow(new[] { 2, 15, 17, 13 }, new long[] { 0, 3, 1, 2 })]
    [DataRow(new[] { 70, 1, 7, 11 }, new long[] { 2, 3, 0, 1 })]
    [DataRow(new[] { 4, 80, 81 }, new long[] { 0, 2, 1 })]
    [DataRow(new[] { 8, 16, 48 }, new long[] { 0, 2, 1 })]
    [DataRow(new[] { 3, 47, 79 }, new long[] { 0, 2, 1 })]
    [DataRow(new[] { 17, 30, 19 }, new long[] { 2, 1, 0 }, false)]
    [DataRow(new[] { 16, 16, 4, 4 }, new long[] { 1, 0, 2, 3 }, false)]
    [DataRow(new[] { 2, 3, 4, 5 }, new long[] { 0, 2, 3, 1 }, false)]
    public void EqualsTheOperator(int[] shape, long[] order, bool isMatrix = true)
    {
        var random = new RandomTensors(8);
        var kernels = BothForms.Compare(x => Op.Transpose(x[0], order) * 2f, 0, random.Normal([.. shape]));
        Assert.AreEqual(isMatrix, kernels.Contains("Transpose"), string.Join(", ", kernels));
    }

    [TestMethod]
    public void LeavesFactorsOfProductsToOnnxRuntime()
    {
        var random = new RandomTensors(8);
        var kernels = BothForms.Compare(x => Op.MatMul(Op.Transpose(x[0], 0, 2, 1), x[1]), 1e-4f,
            random.Normal(3, 40, 50), random.Normal(3, 40, 30));
        // The gradient's last step, which no product reads.
        Assert.AreEqual(1, kernels.Count(kernel => kernel == "Transpose"));
    }
}
