namespace MLNet.Detection.Boxes;

/// <summary>
/// Writes a box relative to an anchor and back:
/// dx = Wx (gx - ax) / aw, dy = Wy (gy - ay) / ah, dw = Ww log(gw / aw), dh = Wh log(gh / ah), with centres and sizes.
/// Girshick et al. 2014, appendix C, https://arxiv.org/abs/1311.2524; torchvision's BoxCoder computes the same numbers.
/// SSD's variances are the reciprocals of the weights. Truth and anchor need the same unit, which does not matter
/// otherwise.
/// </summary>
/// <param name="WeightX">Wx.</param>
/// <param name="WeightY">Wy.</param>
/// <param name="WeightWidth">Ww.</param>
/// <param name="WeightHeight">Wh.</param>
public sealed record BoxCoder(
    float WeightX = 1f, float WeightY = 1f, float WeightWidth = 1f, float WeightHeight = 1f)
{
    /// <summary>log(1000 / 16), torchvision's limit for <see cref="MaxLogScale"/>.</summary>
    public static readonly float TorchvisionMaxLogScale = (float)Math.Log(1000.0 / 16.0);

    /// <summary>Weights 1, 1, 1, 1 with torchvision's limit: RetinaNet and region proposals.</summary>
    public static BoxCoder RetinaNet { get; } = new() { MaxLogScale = TorchvisionMaxLogScale };

    /// <summary>Weights 10, 10, 5, 5 with torchvision's limit: SSD, SSDlite and Fast R-CNN heads of
    /// torchvision.</summary>
    public static BoxCoder Ssd { get; } = new(10f, 10f, 5f, 5f) { MaxLogScale = TorchvisionMaxLogScale };

    /// <summary>Decoded sizes are at most exp(this) times the anchor's; null: no limit. Encoding is not
    /// limited.</summary>
    public float? MaxLogScale { get; init; }

    /// <summary>Whether a file's deltas are dy, dx, dh, dw, as TensorFlow writes them.</summary>
    public bool HeightFirst { get; init; }

    /// <summary>SSD's way to write the weights: 1 / centre, 1 / centre, 1 / size, 1 / size, without a limit.</summary>
    public static BoxCoder FromVariances(float centerVariance = 0.1f, float sizeVariance = 0.2f) =>
        new(1f / centerVariance, 1f / centerVariance, 1f / sizeVariance, 1f / sizeVariance);

    /// <summary>The deltas that move <paramref name="anchor"/> onto <paramref name="truth"/>.</summary>
    /// <exception cref="ArgumentException">One of the boxes has no area: its logarithm would be infinite.</exception>
    public BoxDelta Encode(Box truth, Box anchor)
    {
        if (!truth.IsProper || !anchor.IsProper)
            throw new ArgumentException(
                $"Cannot encode {truth} relative to {anchor}: both need a positive width and height and "
                + "finite numbers. Drop truths without area before matching.");
        return new(
            WeightX * (truth.CenterX - anchor.CenterX) / anchor.Width,
            WeightY * (truth.CenterY - anchor.CenterY) / anchor.Height,
            WeightWidth * MathF.Log(truth.Width / anchor.Width),
            WeightHeight * MathF.Log(truth.Height / anchor.Height));
    }

    /// <summary>Encodes truth i relative to anchor i.</summary>
    /// <exception cref="ArgumentException">The lengths differ, or a box has no area.</exception>
    public void Encode(ReadOnlySpan<Box> truths, ReadOnlySpan<Box> anchors, Span<BoxDelta> deltas)
    {
        RequireEqual(truths.Length, anchors.Length, deltas.Length);
        for (var i = 0; i < deltas.Length; i++)
            deltas[i] = Encode(truths[i], anchors[i]);
    }

    /// <summary>Encodes every anchor's matched truth; anchors without one (a negative match) get zeros.</summary>
    /// <param name="truths">The true boxes of one picture.</param>
    /// <param name="matches">Per anchor an index into <paramref name="truths"/>, or a negative number.</param>
    /// <param name="anchors">The anchors.</param>
    /// <param name="deltas">Per anchor the regression target.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a matched box has no area.</exception>
    public void EncodeMatches(
        ReadOnlySpan<Box> truths, ReadOnlySpan<int> matches, ReadOnlySpan<Box> anchors, Span<BoxDelta> deltas)
    {
        RequireEqual(matches.Length, anchors.Length, deltas.Length);
        for (var i = 0; i < deltas.Length; i++)
            deltas[i] = matches[i] >= 0 ? Encode(truths[matches[i]], anchors[i]) : default;
    }

    /// <summary>The box that <paramref name="delta"/> makes of <paramref name="anchor"/>.</summary>
    public Box Decode(BoxDelta delta, Box anchor)
    {
        var cx = delta.Dx / WeightX * anchor.Width + anchor.CenterX;
        var cy = delta.Dy / WeightY * anchor.Height + anchor.CenterY;
        var width = MathF.Exp(Limit(delta.Dw / WeightWidth)) * anchor.Width;
        var height = MathF.Exp(Limit(delta.Dh / WeightHeight)) * anchor.Height;
        return Box.FromCxcywh(cx, cy, width, height);
    }

    /// <summary>Decodes delta i relative to anchor i.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void Decode(ReadOnlySpan<BoxDelta> deltas, ReadOnlySpan<Box> anchors, Span<Box> boxes)
    {
        RequireEqual(deltas.Length, anchors.Length, boxes.Length);
        for (var i = 0; i < boxes.Length; i++)
            boxes[i] = Decode(deltas[i], anchors[i]);
    }

    private float Limit(float logScale) => MaxLogScale is { } max ? MathF.Min(logScale, max) : logScale;

    private static void RequireEqual(int first, int anchors, int result)
    {
        if (first != anchors || anchors != result)
            throw new ArgumentException(
                $"{first} boxes, {anchors} anchors and room for {result} results: give one a row.");
    }
}
