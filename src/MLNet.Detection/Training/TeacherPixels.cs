using MLNet.Detection.Images;
using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace MLNet.Detection.Training;

/// <summary>The planes of a student as its teacher takes them.</summary>
internal static class TeacherPixels
{
    /// <summary>(x s + m - m') / s' of each plane, in the teacher's order of colours.</summary>
    /// <param name="images">Planes [B, C, H, W] of the student.</param>
    /// <param name="from">What they are.</param>
    /// <param name="to">What the teacher takes.</param>
    public static Var Of(Var images, Normalization from, Normalization to)
    {
        if (from == to)
            return images;
        var (factors, offsets) = (new List<float>(), new List<float>());
        for (var plane = 0; plane < from.Channels; plane++)
        {
            var color = from.Order == ChannelOrder.Bgr ? 2 - plane : plane;
            var (std, mean) = (Of(to.Std, color), Of(to.Mean, color));
            factors.Add(Of(from.Std, color) / std);
            offsets.Add((Of(from.Mean, color) - mean) / std);
        }
        var shape = new TensorShape(factors.Count, 1, 1);
        var planes = images * images.Graph.Constant(Tensor.Of<float>(shape, [.. factors]))
            + images.Graph.Constant(Tensor.Of<float>(shape, [.. offsets]));
        return from.Order == to.Order ? planes
            : Op.Concat([.. new[] { 2, 1, 0 }.Select(plane => Op.Slice(planes, 1, plane, plane + 1))], 1);
    }

    private static float Of(ChannelValues values, int color) =>
        color == 0 ? values.Red : color == 1 ? values.Green : values.Blue;
}
