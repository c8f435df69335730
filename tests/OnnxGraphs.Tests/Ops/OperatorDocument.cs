using System.Text;
using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using OnnxGraphs.Tests.Precision;
using OnnxGraphs.Tests.Threads;

namespace OnnxGraphs.Tests;

/// <summary>The page docs/operators.md, made of the table of operators.</summary>
internal static class OperatorDocument
{
    private const string Head = """
        # Operators

        The ONNX operators that a model may contain on the way from its input to the values that it is trained at. What
        lies behind those values (decoding, non-maximum suppression) is never looked at and may contain anything.
        This page is generated: run the tests with `UPDATE_DOCS=1` after a change.

        - Files of opset 7 to 23 are read; forms of other opsets become those of opset 21.
        - *yes*: trained through; every rule is compared with finite differences on ONNX Runtime.
        - *stops*: computed, but no gradient flows through it, for the reason given.
        - *no*: computed, but an error where a gradient would have to pass. *refused*: an error where it is met.
        - `Constant`, `Identity` and `Dropout` vanish. What depends on shapes and stored values only is computed once,
          when the step is built, with any operator of this page.
        - `If` and `Loop` become the nodes that they run where condition and count do not depend on the model's inputs,
          else they are refused. Functions of the file become their nodes.
        - 16-bit floats are trained as 32-bit ones and saved as they were. `QuantizeLinear` with `DequantizeLinear` trains
          by the straight-through estimate; weights stored as whole numbers are trained as floats and saved as they were.

        - *CUDA*: the types that ONNX Runtime lists a CUDA kernel for, on floats of 32 and 16 bits and bfloat16 (`b16`), or
          on other types only. What has none runs on the processor, with its data copied there and back. Steps are
          written in the lowest opset that says them, 18 in most cases: kernels belong to versions of operators, and
          those of newer versions came late (`Pad` and `Equal` of opset 19, `ReduceMax` of 20, `Identity` of 21). With
          bfloat16 it is 22, the first in which a convolution has that type. Tests hold the steps of all exported
          families, heads and losses to this list.
        - *threads*: with the same number of threads every run gives the same bits; tests hold rules, losses, kernels and
          models to that with 1, 2 and 8. The last bits of the operators marked *by number* depend on how many there are:
          a tensor is cut by it, and ends or partial sums are computed in another way. `docs/runtime.md` says what that
          means for resuming a run.
        - Gradients that add at indices (Gather, GatherND, padding) never use `ScatterND` with a reduction. Known indices
          become sums of gathered segments, computed ones a product for few rows: in a fixed order on a GPU too. Many
          computed rows, GatherElements, TopK and MaxPool add by `ScatterElements`, which ONNX Runtime does in order on the
          processor, and on CUDA by atomic sums, whose last bits may change from run to run where places repeat.

        | operator | gradient | CUDA | threads | remark |
        |---|---|---|---|---|
        """;

    public static string Write()
    {
        var page = new StringBuilder(Head.ReplaceLineEndings("\n")).Append('\n');
        foreach (var (op, support) in Op.Support.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var cuda = support.Gradient == GradientSupport.Refused ? "" : Cuda(op);
            var threads = ThreadSweep.ByThreads.Contains(op) ? "by number" : "";
            page.Append($"| {op} | {support.Gradient.ToString().ToLowerInvariant()} | {cuda} | {threads} | "
                + $"{support.Remark} |\n");
        }
        return page.ToString();
    }

    private static string Cuda(string op)
    {
        (string Name, int Opset, ElementType Type)[] floats =
            [("32", 18, ElementType.Float32), ("16", 18, ElementType.Float16), ("b16", 22, ElementType.BFloat16)];
        ElementType[] others = [ElementType.Bool, ElementType.Int8, ElementType.Int64];
        var listed = floats.Where(type => CudaKernels.Has(op, type.Opset, type.Type)).Select(type => type.Name).ToList();
        return listed.Count > 0 ? string.Join(", ", listed)
            : others.Any(type => CudaKernels.Has(op, 18, type)) ? "yes" : "-";
    }
}
