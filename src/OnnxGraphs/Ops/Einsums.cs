using OnnxGraphs.Graphs;

namespace OnnxGraphs.Ops;

public static partial class Op
{
    /// <summary>
    /// Sum of products in Einstein's notation: <c>Einsum("bqc,bchw->bqhw", a, b)</c>. Axes of letters that the result
    /// lacks are summed over.
    /// </summary>
    public static Var Einsum(string equation, params Var[] operands) =>
        Apply("Einsum", operands, new() { { "equation", equation } });

    private static OperatorTable Einsums() => new()
    {
        ["Einsum"] = new(x => [new(x[0].Type, EinsumEquation.Of(x).Shape(x))], EinsumGradient)
                         { Remark = "without a letter twice in one operand" },
    };

    private static Var?[] EinsumGradient(Var dy, Node x, Var y)
    {
        var equation = EinsumEquation.Of(x);
        if (equation.Terms.Append(equation.Result).Any(term => term.Distinct().Count() < term.Length))
            throw new GraphException($"{x}: equation '{equation}' has a letter twice in one term (a diagonal), for "
                + "which there is no gradient rule; cut the model before it.");
        return [.. x.Inputs.Select((_, i) => x[i].IsVariable ? EinsumGradient(dy, x, equation, i) : null)];
    }

    // The product of dy with all other operands, summed over what operand i lacks; what only operand i has was summed
    // over, so that dy is repeated along it.
    private static Var EinsumGradient(Var dy, Node x, EinsumEquation equation, int i)
    {
        var (others, term) = (Enumerable.Range(0, x.Inputs.Count).Where(j => j != i).ToList(), equation.Terms[i]);
        var known = equation.Result + string.Concat(others.Select(j => equation.Terms[j]));
        var shared = string.Concat(term.Where(known.Contains));
        var terms = others.Select(j => equation.Terms[j]).Prepend(equation.Result);
        var product = Einsum($"{string.Join(',', terms)}->{shared}", [dy, .. others.Select(j => x[j])]);
        var alone = Enumerable.Range(0, term.Length).Where(k => !known.Contains(term[k])).Select(k => (long)k).ToArray();
        return alone.Length == 0 ? product : Unsqueeze(product, alone);
    }
}
