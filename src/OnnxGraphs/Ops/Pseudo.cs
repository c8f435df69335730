using OnnxGraphs.Graphs;

namespace OnnxGraphs.Ops;

public static partial class Op
{
    /// <summary>The value of x, through which no gradient flows.</summary>
    public static Var Detach(Var x) => Apply("Detach", [x]);

    /// <summary>
    /// The <paramref name="value"/> with hand-written gradients: d sum(value) / d input[i] = gradient[i], where an
    /// element of the input touches only the one element of the value that broadcasts to it. For losses whose closed
    /// form saves passes over memory; the derivative of the formula itself is not used.
    /// </summary>
    public static Var WithGradient(Var value, params (Var Input, Var Gradient)[] gradients) => Apply("WithGradient",
        [value, .. gradients.SelectMany(pair => new[] { pair.Input, Detach(pair.Gradient) })]);

    /// <summary>
    /// The value, and what it is in one piece: a kernel that may compute it from its inputs where a device has it, in
    /// place of the operators behind the value.
    /// </summary>
    internal static Var WithKernel(Var value, string kernel, Attributes attributes, params Var[] inputs) =>
        Apply("WithKernel", [value, .. inputs], attributes.With("kernel", kernel));

    // Operators of expressions only: written to a file they become their first input.
    private static OperatorTable Pseudo() => new()
    {
        ["Detach"]       = Operator.Flat(Same, "by its purpose"),
        ["WithGradient"] = Each(Same, (dy, x, y) => [null, .. Enumerable.Range(1, x.Inputs.Count - 1)
                               .Select(i => i % 2 == 1 ? dy * x[i + 1] : null)]),
        ["WithKernel"]   = Each(Same, (dy, x, y) => [dy]),
    };

    /// <summary>Whether the operator exists in expressions only and stands for its first input.</summary>
    internal static bool IsPseudo(string op) => op is "Detach" or "WithGradient" or "WithKernel";
}
