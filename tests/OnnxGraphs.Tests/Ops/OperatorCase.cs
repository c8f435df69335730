using OnnxGraphs.Graphs;

namespace OnnxGraphs.Tests;

/// <summary>An expression whose gradient is compared with finite differences.</summary>
/// <param name="Name">What is special about it.</param>
/// <param name="F">The expression of the inputs.</param>
/// <param name="Inputs">Where the gradient is taken.</param>
public sealed record OperatorCase(string Name, Func<Var[], Var> F, params Tensor[] Inputs)
{
    /// <summary>Step of the differences.</summary>
    public float Step { get; init; } = 1e-2f;

    /// <summary>Allowed difference relative to one plus the largest entry.</summary>
    public float Tolerance { get; init; } = 1e-3f;

    /// <summary>For expressions that are linear in each input alone: a long step leaves no rounding error.</summary>
    public static OperatorCase Linear(string name, Func<Var[], Var> f, params Tensor[] inputs) =>
        new(name, f, inputs) { Step = 1, Tolerance = 1e-5f };

    /// <summary>Compares; returns the operators of the expression.</summary>
    public IReadOnlyList<string> Check() => FiniteDifferences.Check(F, Step, Tolerance, Inputs);

    public override string ToString() => Name;
}
