using OnnxGraphs.Graphs;

namespace OnnxGraphs.Models;

/// <summary>
/// The lowest opset in which steps mean what they mean in the working one. A GPU provider of ONNX Runtime has a kernel
/// for an operator's version, not for the operator: where a newer opset only gives an operator more types (Pad and
/// Equal of 19, ReduceMax of 20, Flatten and Identity of 21), releases that do not list that version yet leave the node
/// to the processor, data and all. Kernels of older versions are in every release.
/// Sources: the changelog of the ONNX operators; KernelRegistry::VerifyKernelDef of ONNX Runtime; its issue 27729.
/// </summary>
internal static class LowestOpset
{
    /// <summary>From here on nodes are written as they are built: reductions take their axes as an input.</summary>
    public const int Oldest = 18;

    /// <summary>The opset that all the steps agree with.</summary>
    public static int Of(IEnumerable<Step> steps) =>
        steps.Where(step => step.Domain.Length == 0).Select(Of).Append(Oldest).Max();

    /// <summary>A step's attributes as an opset has them.</summary>
    public static Attributes Attributes(Step step, int opset) =>
        step is not { Op: "GridSample", Domain: "" } || opset >= 20 ? step.Attributes
            : step.Attributes.With("mode", step.Attributes.Text("mode", "linear") switch
            {
                "linear" => "bilinear", "cubic" => "bicubic", var mode => mode,
            });

    private static int Of(Step step) => step.Op switch
    {
        _ when Types(step).Contains(ElementType.BFloat16) => 22,
        "AveragePool" when step.Attributes.Has("dilations") => 19,
        "Pad" when step.Attributes.Text("mode", "constant") == "wrap" => 19,
        "Resize" when step.Attributes.Text("coordinate_transformation_mode", "") == "half_pixel_symmetric" => 19,
        "Gelu" => 20,
        "GridSample" when step.Inputs[0]!.Shape.Rank != 4 => 20,
        "IsNaN" or "IsInf" when step.Inputs[0]!.Type != ElementType.Float32 => 20,
        "ReduceMax" or "ReduceMin" when step.Inputs[0]!.Type == ElementType.Bool => 20,
        "GroupNormalization" => 21,
        "QuantizeLinear" or "DequantizeLinear" when Types(step).Any(type =>
            type is ElementType.Int16 or ElementType.UInt16) => 21,
        _ => Oldest,
    };

    private static IEnumerable<ElementType> Types(Step step) =>
        step.Inputs.Concat(step.Outputs).OfType<Var>().Select(value => value.Type);
}
