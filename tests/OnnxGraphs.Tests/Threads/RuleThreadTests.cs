using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using OnnxGraphs.Runtime;

namespace OnnxGraphs.Tests.Threads;

/// <summary>All gradient rules on tensors that several threads share.</summary>
[TestClass]
public sealed class RuleThreadTests
{
    private static readonly string[] Pseudo = ["Detach", "WithGradient", "WithKernel"];

    // Their results are constants.
    private static readonly string[] OfConstants = ["OneHot", "Range"];

    [TestMethod]
    public void AllRulesGiveTheSameBitsInEveryRun()
    {
        var (covered, seen) = (new HashSet<string>(), new HashSet<string>());
        var differing = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var small in CoverageTests.Cases)
        {
            // Many cases differ in numbers only: one of each list of operators is enough.
            if (Wide.Of(small) is not { } wide || !seen.Add(string.Join(' ', wide.Graph.Nodes.Select(node => node.Op))))
                continue;
            covered.UnionWith(wide.Graph.Nodes.Select(node => node.Op));
            foreach (var (op, what) in Differing(small.Name, wide))
                differing.TryAdd(op, what);
        }
        Assert.AreEqual("", string.Join(", ", Op.Differentiable.Except([.. covered, .. Pseudo, .. OfConstants])),
            "operators with a gradient rule but without a wide case");
        Assert.AreEqual("", string.Join("\n", differing.Where(pair => !ThreadSweep.ByThreads.Contains(pair.Key))
            .Select(pair => pair.Value)), "operators whose result depends on the number of threads, not listed as such");
    }

    // Operators whose result depends on the number of threads although what they read does not.
    private static IEnumerable<(string Op, string What)> Differing(string name, Wide wide)
    {
        Var[] outputs = [.. wide.Graph.Nodes.Where(node => !Pseudo.Contains(node.Op)).SelectMany(node => node.Outputs)
            .Where(output => output.DependsOnInput)];
        var feeds = wide.Graph.Inputs.Zip(wide.Values, (input, value) => (input.Name, value)).ToArray();
        var results = ThreadSweep.Run(outputs, Device.Cpu with { Kernels = false }, name, feeds);
        var differs = new HashSet<Var>();
        foreach (var (i, output) in outputs.Index())
            foreach (var count in ThreadSweep.Counts.Skip(1))
            {
                Tensor one = results[1][i], many = results[count][i];
                if (one.Data.AsSpan().SequenceEqual(many.Data))
                    continue;
                Close.AreEqualByScale(one, many, 1e-3f, $"{name}: {output.Node} with {count} threads");
                if (differs.Add(output) && !output.Node!.Inputs.Any(x => x is not null && differs.Contains(x)))
                    yield return (output.Node.Op, $"{name}: {output.Node} with {count} threads, "
                        + ThreadSweep.Difference(one, many));
            }
    }
}
