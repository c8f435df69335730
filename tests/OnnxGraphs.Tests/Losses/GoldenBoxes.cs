using OnnxGraphs.Losses;

namespace OnnxGraphs.Tests.Losses;

/// <summary>Targets of the golden detection cases: matched boxes, encoded against their anchors.</summary>
internal static class GoldenBoxes
{
    /// <summary>From matched_idxs and gt_boxes_i, gt_labels_i (torchvision's cases).</summary>
    public static DetectionTargets Targets(
        LossRig rig, GoldenCase c, float centre, float size, Func<long, long> classOf)
    {
        var anchors = c.Input("anchors").Values<float>().ToArray();
        var matched = c.Input("matched_idxs");
        var (images, n) = (matched.Shape[0], (int)matched.Shape[1]);
        var (classes, boxes) = (new long[images * n], new float[images * n * 4]);
        for (var row = 0; row < classes.Length; row++)
        {
            var (image, anchor, gt) = (row / n, row % n, (int)matched.Values<long>()[row]);
            classes[row] = gt < 0 ? gt : classOf(c.Input($"gt_labels_{image}").Values<long>()[gt]);
            if (gt >= 0)
                Encode(c.Input($"gt_boxes_{image}").Values<float>().Slice(4 * gt, 4), anchors.AsSpan(4 * anchor, 4),
                    centre, size)
                    .CopyTo(boxes, 4 * row);
        }
        return Feed(rig, images, n, classes, boxes);
    }

    public static DetectionTargets Feed(LossRig rig, long images, int n, long[] classes, float[] boxes) =>
        new(rig.Labels("classes", new(images, n), classes), rig.Feed("boxes", new(images, n, 4), boxes));

    // ((centre - anchor centre) / anchor size) w, log(size / anchor size) w, of corners x0 y0 x1 y1, in float64.
    private static float[] Encode(ReadOnlySpan<float> box, ReadOnlySpan<float> anchor, double centre, double size)
    {
        var code = new float[4];
        for (var axis = 0; axis < 2; axis++)
        {
            double length = (double)box[axis + 2] - box[axis], unit = (double)anchor[axis + 2] - anchor[axis];
            code[axis] = (float)(centre * (box[axis] + length / 2 - anchor[axis] - unit / 2) / unit);
            code[axis + 2] = (float)(size * Math.Log(length / unit));
        }
        return code;
    }
}
