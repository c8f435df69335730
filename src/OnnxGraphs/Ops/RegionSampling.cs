using OnnxGraphs.Graphs;
using OnnxGraphs.Models;

namespace OnnxGraphs.Ops;

/// <summary>
/// RoiAlign's average as two products: bilinear weights are separable, so the features of region r are
/// A_y X A_x^T with one small matrix a side, and the gradient of X is the sum over the regions of A_y^T dY A_x. He et
/// al.
/// 2017, https://arxiv.org/abs/1703.06870. Regions get no gradient, as in torchvision's roi_align.
/// </summary>
public static partial class Op
{
    // Samples of one bin lie at least half a pixel apart where their number follows the size of the bin, so that at
    // most
    // five are within one pixel of another; one more on either side for rounding.
    private const int SamplesNear = 7;

    /// <summary>The gradient of RoiAlign in one piece, from dy, A_y, A_x and the image of each region.</summary>
    internal const string RoiAlignInputGradient = "RoiAlignGradient";

    private const int BinAxis = 1, SampleAxis = 2, LastAxis = 3;

    /// <summary>
    /// Features of regions: each is divided into bins, and a bin is the mean of bilinear samples in it.
    /// </summary>
    /// <param name="x">[N, C, H, W].</param>
    /// <param name="regions">[R, 4]: x0, y0, x1, y1.</param>
    /// <param name="images">Int64 [R]: the image of each region, from 0.</param>
    /// <param name="attributes">Those of ONNX's RoiAlign.</param>
    /// <returns>[R, C, output_height, output_width].</returns>
    public static Var RoiAlign(Var x, Var regions, Var images, Attributes attributes) =>
        Apply("RoiAlign", [x, regions, images], attributes);

    private static OperatorTable RegionSampling() => new()
    {
        ["RoiAlign"] = new(RoiAlignShape, RoiAlignGradient)
        {
            Covers = x => x.Attributes.Text("mode", "avg") == "avg",
            Remark = "mean of samples (mode avg); regions get no gradient",
        },
    };

    private static IReadOnlyList<TypedShape> RoiAlignShape(Node x)
    {
        Expect(x, x[0].Shape.Rank == 4 && x[1].Shape.Rank == 2 && x[1].Shape[1] == 4 && x[2].Shape.Size == x[1].Shape[0],
            "maps [N, C, H, W], regions [R, 4] and the image of each [R]");
        return [new(x[0].Type, new(x[1].Shape[0], x[0].Shape[1], x.Attributes.Int("output_height", 1),
            x.Attributes.Int("output_width", 1)))];
    }

    // dX[n] = sum over the regions of image n of A_y^T dY A_x.
    private static Var?[] RoiAlignGradient(Var dy, Node x, Var y)
    {
        var (n, c, h, w) = (x[0].Shape[0], x[0].Shape[1], x[0].Shape[2], x[0].Shape[3]);
        var (regions, rows, columns) = (y.Shape[0], y.Shape[2], y.Shape[3]);
        var (alongY, alongX) = (RegionWeights(x, 1, rows, h), RegionWeights(x, 0, columns, w));
        // [R, C rows, columns] [R, columns, W] -> [R, rows, C, W]
        var spread = Transpose(Reshape(MatMul(Reshape(dy, regions, c * rows, columns), alongX), regions, c, rows, w),
            0, 2, 1, 3);
        var (ofImage, count) = RegionsOfImages(x, alongY, rows, h);
        var groups = regions == count * n ? n : 1;
        var sum = MatMul(Transposed(ofImage), Reshape(spread, groups, count * rows, c * w));
        var dx = Transpose(Reshape(sum, n, h, c, w), 0, 2, 1, 3);
        return [WithKernel(dx, RoiAlignInputGradient, Attributes.None, dy, alongY, alongX, Reshape(Cast(x[2], ElementType.Float32), regions)),
            null, null];
    }

    // The rows of A_y image by image, [N, regions of an image x rows, H]: each image's own where all have equally many,
    // in order; else all, those of other images being 0.
    private static (Var Weights, long Regions) RegionsOfImages(Node x, Var weights, long rows, long size)
    {
        var (n, regions) = (x[0].Shape[0], x[1].Shape[0]);
        var own = n > 0 ? regions / n : 0;
        if (n == 1 || own * n == regions && own > 0 && x[2].TryConstant()?.ToInt64() is { } known
            && known.Index().All(image => image.Item == image.Index / own))
            return (Reshape(weights, n, own * rows, size), own);
        var images = Reshape(Cast(x[2], ElementType.Int64), 1, regions, 1, 1);
        long[] numbers = [.. Enumerable.Range(0, (int)n).Select(i => (long)i)];
        var mask = Cast(Equal(images, x[2].Graph.Constant(Tensor.Of<long>(new(n, 1, 1, 1), numbers))), weights.Type);
        return (Reshape(mask * Unsqueeze(weights, 0), n, regions * rows, size), regions);
    }

    /// <summary>The weights of a RoiAlign along one axis, [R, bins, size]: A_x for axis 0, A_y for axis 1.</summary>
    private static Var RegionWeights(Node x, int axis, long bins, long size)
    {
        var regions = x[1];
        var halfPixel = x.Attributes.Text("coordinate_transformation_mode", "half_pixel") == "half_pixel";
        var scale = x.Attributes.Float("spatial_scale", 1f);
        var ends = Transpose(regions, 1, 0) * scale - (halfPixel ? 0.5f : 0f);
        var start = Reshape(Slice(ends, 0, axis, axis + 1), -1, 1, 1, 1);
        var extent = Reshape(Slice(ends, 0, axis + 2, axis + 3), -1, 1, 1, 1) - start;
        // Without the shift of half a pixel regions have at least one pixel.
        var bin = (halfPixel ? extent : Max(extent, extent.Like(1))) / (float)bins;
        var first = start + bin * Counted(regions, bins, BinAxis);
        var samples = x.Attributes.Int("sampling_ratio", 0);
        if (samples == 0)
            return AdaptiveWeights(first, bin, size);
        var place = first + bin * ((Counted(regions, samples, SampleAxis) + 0.5f) / (float)samples);
        return ReduceMean(Tent(place, Counted(regions, size, LastAxis), size), [SampleAxis], keep: false);
    }

    // As many samples as a bin has pixels, rounded up: the mean over those near each pixel. A bin without extent has
    // none.
    private static Var AdaptiveWeights(Var first, Var bin, long size)
    {
        var count = Unary("Ceil", bin);
        var some = Greater(count, count.Like(0));
        var step = Where(some, bin, bin.Like(1)) / Where(some, count, count.Like(1));
        // The first sample k, from first + (k + 1/2) step on, within one pixel of pixel h.
        var pixels = Counted(first, size, LastAxis);
        var nearest = Max(Min(Unary("Ceil", (pixels - 1f - first) / step - 0.5f), count), count.Like(0)) - 1f;
        var sample = Unsqueeze(nearest, -1) + Counted(first, SamplesNear, LastAxis);
        var inside = And(GreaterOrEqual(sample, sample.Like(0)), Less(sample, Unsqueeze(count, -1)));
        var place = Unsqueeze(first, -1) + Unsqueeze(step, -1) * (sample + 0.5f);
        var weights = Where(inside, Tent(place, Unsqueeze(pixels, -1), size), place.Like(0));
        var sum = ReduceSum(weights, [-1], keep: false);
        return Squeeze(sum / Where(some, count, count.Like(1)), 2);
    }

    // max(0, 1 - |s - h|): the bilinear weight of pixel h in a sample at s. Up to one pixel beyond the edge a sample
    // has
    // the value there, farther out it is 0.
    private static Var Tent(Var place, Var pixel, long size)
    {
        var known = And(GreaterOrEqual(place, place.Like(-1)), LessOrEqual(place, place.Like(size)));
        var weight = Relu(1f - Abs(Clip(place, 0, size - 1) - pixel));
        return Where(known, weight, weight.Like(0));
    }

    // 0, 1, ... along an axis of [regions, bins, samples, pixels].
    private static Var Counted(Var like, long count, int axis)
    {
        float[] numbers = [.. Enumerable.Range(0, (int)count).Select(i => (float)i)];
        var shape = new TensorShape(1, 1, 1, 1).With(axis, count);
        return Cast(like.Graph.Constant(Tensor.Of<float>(shape, numbers)), like.Type);
    }
}
