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
                               .Select(i => i % 2 == 1 ? Scaled(x[i + 1], dy) : null)]),
        ["WithKernel"]   = Each(Same, (dy, x, y) => [dy]),
    };

    // dy g. Where g is dense with something added at one place of each row, and dy is one number a row, both are scaled
    // first: that leaves the product with the operators that compute the dense part.
    private static Var Scaled(Var g, Var dy)
    {
        var sum = g.Node is { Op: "Detach" } detached ? detached[0] : g;
        if (sum.Node is not { Op: "ScatterElements" } scatter || scatter.Attributes.Text("reduction", "none") != "add")
            return dy * g;
        var axis = sum.Shape.Axis((int)scatter.Attributes.Int("axis", 0));
        var isByRow = dy.Shape.Size == 1 || (dy.Shape.Rank == sum.Shape.Rank && dy.Shape[axis] == 1);
        return isByRow && scatter[1].Shape == sum.Shape.With(axis, 1)
            ? ScatterElements(dy * scatter[0], scatter[1], dy * scatter[2], axis, "add") : dy * g;
    }
}
