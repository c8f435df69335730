using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using OnnxGraphs.Graphs;
using OnnxGraphs.Kernels.Elementwise;
using OnnxGraphs.Models;

namespace OnnxGraphs.Rewrites;

/// <summary>
/// Joins elementwise steps of one size, and the sums behind them, to kernels of one pass each. A step joins the steps
/// that read it, wherever that does not make a kernel wait for itself.
/// </summary>
internal sealed class ElementwiseFusion
{
    /// <summary>More steps than this would need more registers than there are.</summary>
    private const int LargestChain = 96;

    /// <summary>Elements that make a pass over memory count, and that make a call count.</summary>
    private const long Large = 4096, Smallest = 16;

    // Each of these costs ONNX Runtime more alone than a pass over memory; HardSwish is a function of two operators to it.
    private static readonly HashSet<string> SlowAlone = ["Softplus", "Where", "Pow", "GatherElements", "HardSwish"];

    private readonly LoopCompiler _loops = new();
    private readonly IReadOnlyList<Step> _steps;
    private readonly ElementwiseStep?[] _elementwise;
    private readonly StepGroups _groups;
    private readonly HashSet<Var> _results;
    private readonly PieceKernel?[] _pieceKernels;

    [RequiresDynamicCode("Loops are written as code at run time.")]
    private ElementwiseFusion(IReadOnlyList<Step> steps, IEnumerable<Var> results, KernelChoice choice)
    {
        (_steps, _results, _groups) = (steps, [.. results], new(steps));
        _pieceKernels = [.. steps.Select(step => choice.KernelOf(step) as PieceKernel)];
        var open = OpenShapes.Of(steps);
        _elementwise = [.. steps.Select(step => step.Inputs.Concat(step.Outputs).OfType<Var>().Any(open.Contains)
            ? null : ElementwiseStep.Of(step))];
    }

    /// <summary>
    /// The steps with kernels in place of chains; unchanged where nothing can be compiled at run time.
    /// </summary>
    /// <param name="steps">In an order of computation.</param>
    /// <param name="results">Values that are read outside.</param>
    /// <param name="choice">Makes steps of kernels.</param>
    public static IReadOnlyList<Step> Apply(IReadOnlyList<Step> steps, IEnumerable<Var> results, KernelChoice choice)
    {
        if (!RuntimeFeature.IsDynamicCodeCompiled)
            return steps;
        var fusion = new ElementwiseFusion(steps, results, choice);
        fusion.LeaveToConvolutions();
        // Large ones first: a join of small ones must not stand between them.
        fusion.Join(Large, long.MaxValue);
        fusion.Join(Smallest, Large);
        fusion.JoinToKernels();
        return fusion.Replaced(choice);
    }

    // ONNX Runtime computes Conv + Add + Relu in one step, which is better than any pass of ours.
    private void LeaveToConvolutions()
    {
        for (var i = 0; i < _steps.Count; i++)
            if (_steps[i] is { Op: "Add" } add && _groups.Readers(i) is [var only] && _steps[only].Op == "Relu"
                && add.Inputs.Any(input => _groups.Producer(input) is { } p && _steps[p] is { Op: "Conv", Domain: "" }
                    && _groups.Readers(p).Count == 1))
                (_elementwise[i], _elementwise[only]) = (null, null);
    }

    private void Join(long least, long below)
    {
        for (var i = _steps.Count - 1; i >= 0; i--)
            if (_elementwise[i] is { } mine && mine.Size >= least && mine.Size < below)
                foreach (var reader in _groups.Readers(i))
                    if (_elementwise[reader] is { } other && other.Size == mine.Size && !_groups.AreOne(i, reader)
                        && MayBeOne(i, reader) && _groups.Members(i).Count + _groups.Members(reader).Count
                        <= LargestChain)
                        _groups.TryJoin(i, reader);
    }

    // A chain runs behind the kernel whose output it reads, on each piece that the kernel writes.
    private void JoinToKernels()
    {
        for (var i = _steps.Count - 1; i >= 0; i--)
            if (_pieceKernels[i] is { } kernel && kernel.Outputs[0].Shape.Size >= Large)
                foreach (var reader in _groups.Readers(i))
                    if (MayFollow(kernel, _groups.Members(reader)) && _groups.TryJoin(i, reader))
                        break;
    }

    private bool MayFollow(PieceKernel kernel, IReadOnlyList<int> chain) =>
        chain.All(i => _elementwise[i] is { } step && step.Size == kernel.Outputs[0].Shape.Size
            && (step.Row == 1 || step.Row == kernel.Row))
        && chain.Any(i => !_elementwise[i]!.IsAlias);

    // All sums go along the same rows, and nobody waits for a sum.
    private bool MayBeOne(int a, int b)
    {
        var members = _groups.Members(a).Concat(_groups.Members(b)).ToHashSet();
        var sums = members.Where(i => _elementwise[i]!.Row > 1).ToList();
        return sums.Select(i => _elementwise[i]!.Row).Distinct().Count() < 2
            && !sums.Any(i => _groups.Readers(i).Any(members.Contains));
    }

    private IReadOnlyList<Step> Replaced(KernelChoice choice)
    {
        var replaced = new List<Step>();
        foreach (var group in _groups.All)
        {
            var kernel = IsWorthIt(group) ? Compiled(group, choice) : null;
            if (kernel is not null)
                replaced.Add(kernel);
            // What only changes a shape stays for those who read it outside.
            replaced.AddRange(group.Where(i => kernel is null || (_elementwise[i] is { IsAlias: true } && IsNeededOutside(i)))
                .Select(i => _steps[i]));
        }
        return StepOrder.Sorted(replaced);
    }

    private bool IsWorthIt(IReadOnlyList<int> group)
    {
        var work = group.Where(i => _elementwise[i] is { IsAlias: false }).ToList();
        return work.Count > 1 || (work.Count == 1
            && (SlowAlone.Contains(_steps[work[0]].Op) || group.Any(i => _pieceKernels[i] is not null)));
    }

    private Step Compiled(IReadOnlyList<int> group, KernelChoice choice)
    {
        var outputs = group.Where(i => _elementwise[i] is not { IsAlias: true } && IsNeededOutside(i))
            .Select(i => _steps[i].Outputs[0]).ToList();
        var chain = group.Where(i => _elementwise[i] is not null).Order().ToList();
        var (steps, row) = (chain.Select(i => _steps[i]).ToList(), chain.Max(i => _elementwise[i]!.Row));
        if (group.Except(chain).ToList() is [var first])
        {
            var (chained, all) = ChainCompiler.Compile(_steps[first], _pieceKernels[first]!, steps, outputs, row, _loops);
            return choice.Use(chained, all, outputs);
        }
        var (kernel, inputs) = ChainCompiler.Compile(steps, outputs, _elementwise[chain[0]]!.Size, row, _loops);
        return choice.Use(kernel, inputs, outputs);
    }

    private bool IsReadOutside(int i) =>
        _results.Contains(_steps[i].Outputs[0]) || _groups.Readers(i).Any(reader => !_groups.AreOne(i, reader));

    // By a step elsewhere, or by a change of shape that stays.
    private bool IsNeededOutside(int i) => IsReadOutside(i) || _groups.Readers(i).Any(reader =>
        _elementwise[reader] is { IsAlias: true } && IsNeededOutside(reader));
}
