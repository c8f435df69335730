using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Memory;

/// <summary>
/// Keeps ONNX Runtime from giving a value the buffer of one of the same shape that is needed no more: it then holds that
/// buffer from the first value's beginning to the last one's end, also in between, where a plan would use it (SSDLite with
/// activations computed again: 325 MB in use at once instead of 206).
/// </summary>
internal static class DistinctShapes
{
    // Small ones may share; the search for a buffer takes time with the square of those that do not.
    private const long Large = 1 << 16;

    /// <summary>Gives the first dimension of large values a name of its own; ONNX Runtime sees their sizes when it runs.</summary>
    public static void Mark(OnnxModel model)
    {
        foreach (var value in model.Proto.Graph.ValueInfo)
        {
            var dims = value.Type.TensorType.Shape.Dim;
            if (dims.Count > 0 && dims.Aggregate(1L, (size, dim) => size * dim.DimValue) >= Large)
                dims[0] = new TensorShapeProto.Types.Dimension { DimParam = value.Name };
        }
    }
}
