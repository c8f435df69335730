using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Tests;

[TestClass]
public sealed class CoverageTests
{
    // Tested by hand: they exist in expressions only, and their gradient is not that of their value (GradientTests).
    private static readonly string[] Pseudo = ["Detach", "WithGradient", "WithKernel"];

    /// <summary>The cases of all families.</summary>
    public static IEnumerable<OperatorCase> Cases { get; } =
    [
        .. ArithmeticTests.Cases, .. ActivationsTests.Cases, .. LogicTests.Cases, .. ReductionsTests.Cases,
            .. ShapesTests.Cases,
        .. SlicingTests.Cases, .. PaddingTests.Cases, .. TrigonometryTests.Cases, .. EinsumsTests.Cases,
            .. SamplingsTests.Cases, .. SelectionTests.Cases, .. ProductsTests.Cases, .. ConvolutionsTests.Cases,
            .. PoolingsTests.Cases,
        .. ResizesTests.Cases, .. RegionSamplingTests.Cases, .. NormalizationsTests.Cases,
    ];

    [TestMethod]
    public void EveryOperatorWithARuleIsComparedWithFiniteDifferences()
    {
        var covered = Cases.SelectMany(Operators).Concat(Pseudo).ToHashSet();
        var missing = Op.Differentiable.Where(op => !covered.Contains(op));
        Assert.AreEqual("", string.Join(", ", missing), "operators with a gradient rule but without a case");
    }

    private static IEnumerable<string> Operators(OperatorCase operation)
    {
        var graph = new Graph();
        operation.F([.. operation.Inputs.Select((input, i) => graph.Input($"x{i}", input.Type, input.Shape))]);
        return graph.Nodes.Select(node => node.Op);
    }
}
