using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Gradients;

/// <summary>The gradient of an operator that equals an expression of simpler ones.</summary>
internal static class Composition
{
    /// <summary>
    /// The gradients of a node's inputs. The expression is built on copies of them, so that the walk back through it
    /// ends there.
    /// </summary>
    public static Var?[] Gradients(Node x, Func<Node, Var?[], Var> expression, Var dy)
    {
        Var?[] copies = [.. x.Inputs.Select(input => input is { IsVariable: true } ? x.Graph.Copy(input) : input)];
        var variables = copies.Where(copy => copy is { IsVariable: true }).ToList();
        var gradients = Gradient.Of(expression(x, copies), dy, variables!);
        return [.. copies.Select(copy => copy is { IsVariable: true } ? gradients[variables.IndexOf(copy)] : null)];
    }
}
