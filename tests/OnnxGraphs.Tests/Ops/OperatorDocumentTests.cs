using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Tests;

[TestClass]
public sealed class OperatorDocumentTests
{
    [TestMethod]
    public void ThePageOfOperatorsIsUpToDate() => GeneratedPage.Check("operators.md", OperatorDocument.Write());

    [TestMethod]
    public void WhatStopsGradientsSaysWhy()
    {
        var silent = Op.Support.Where(pair => pair.Value.Gradient != GradientSupport.Yes && pair.Value.Remark == "");
        Assert.AreEqual("", string.Join(", ", silent.Select(pair => pair.Key)));
    }

    public static IEnumerable<string> RefusedOperators =>
        Op.Support.Where(pair => pair.Value.Gradient == GradientSupport.Refused).Select(pair => pair.Key);

    [TestMethod]
    [DynamicData(nameof(RefusedOperators))]
    public void ARefusalNamesOperatorReasonAndRemedy(string op)
    {
        var error = Assert.ThrowsExactly<GraphException>(() => Op.Apply(op, [new Graph().Input("x", 2, 3)]));
        StringAssert.StartsWith(error.Message, $"{op}(x [2, 3]): {Op.Support[op].Remark}");
        StringAssert.Contains(error.Message, "cut the model before it");
    }
}
