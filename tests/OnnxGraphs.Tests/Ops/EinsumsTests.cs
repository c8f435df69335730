using OnnxGraphs.Gradients;
using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Tests.OperatorCase;

namespace OnnxGraphs.Tests;

[TestClass]
public sealed class EinsumsTests
{
    private static readonly RandomTensors Random = new(25);

    public static IEnumerable<OperatorCase> Cases { get; } =
    [
        Of("ij,jk->ik", [2, 3], [3, 4]), Of("ij,jk", [2, 3], [3, 4]), Of("bqc,bchw->bqhw", [2, 3, 4], [2, 4, 2, 3]),
        Of("bhqd,bhkd->bhqk", [2, 2, 3, 4], [2, 2, 5, 4]), Of("bqnc,bnchw->bqnhw", [1, 2, 2, 3], [1, 2, 3, 2, 2]),
        Of("ij->ji", [2, 3]), Of("ba", [2, 3]), Of("ij->i", [2, 3]), Of("ij->", [2, 3]), Of("i,j->ij", [2], [3]),
        Of("ij,ik->k", [2, 3], [2, 4]), Of("ij,jk,kl->il", [2, 3], [3, 2], [2, 4]), Of("...ij,...jk->...ik",
            [2, 2, 3], [2, 3, 2]), Of("...i,i", [2, 3, 4], [4]), Of("b ... c , c -> b ...", [2, 3, 2, 4], [4]),
    ];

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void GradientIsThatOfFiniteDifferences(OperatorCase operation) => operation.Check();

    [TestMethod]
    [DataRow("ij->ijk", "a result 'k'")]
    [DataRow("ijk->i", "does not fit")]
    [DataRow("ij,jk->ik", "does not fit")]
    [DataRow("...ij,...jk->...ik", "does not fit")]
    [DataRow("i->i", "does not fit")]
    [DataRow("i1->i", "does not fit")]
    [DataRow("ij->i->j", "does not fit")]
    [DataRow("ii->i", "one letter to axes of 2 and 3")]
    public void AnEquationThatDoesNotFitIsNamed(string equation, string expected)
    {
        var error = Assert.ThrowsExactly<GraphException>(() => Op.Einsum(equation, new Graph().Input("x", 2, 3)));
        StringAssert.Contains(error.Message, expected);
        StringAssert.Contains(error.Message, equation);
    }

    [TestMethod]
    public void ADiagonalHasNoRule()
    {
        var x = new Graph().Input("x", 3, 3);
        var error = Assert.ThrowsExactly<GraphException>(() => Gradient.Of(Op.SumAll(Op.Einsum("ii->i", x)), [x]));
        StringAssert.Contains(error.Message, "diagonal");
    }

    private static OperatorCase Of(string equation, params long[][] dims) => Linear($"Einsum {equation}",
        x => Op.Einsum(equation, x), [.. dims.Select(shape => Random.Normal(shape))]);
}
