using OnnxGraphs.Gradients;
using OnnxGraphs.Graphs;

namespace OnnxGraphs.Ops;

public static partial class Op
{
    // An operator that equals an expression of simpler ones: its gradient is that of the expression. The expression is
    // built on copies of the inputs, so that the walk back through it ends there.
    private static Operator Composed(Inference infer, Func<Node, Var?[], Var> expression) => new(infer, (dy, x, y) =>
    {
        Var?[] copies = [.. x.Inputs.Select(input => IsVariable(input) ? x.Graph.Copy(input!) : input)];
        var variables = copies.Where(IsVariable).ToList();
        var gradients = Gradient.Of(expression(x, copies), dy, variables!);
        return [.. copies.Select(copy => IsVariable(copy) ? gradients[variables.IndexOf(copy)] : null)];
    });

    private static bool IsVariable(Var? input) => input is { DependsOnInput: true } && input.Type.IsFloat();
}
