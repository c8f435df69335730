using MLNet.Detection.Inspection;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Images;

/// <summary>
/// What a file does to its pictures before the first layer, found by running it: y = scale x + offset for each colour,
/// in planes [1, 3, height, width], whatever layout, type and operators lead there.
/// </summary>
/// <param name="Input">The declared input.</param>
/// <param name="Value">Name of the value that holds the planes; the input's own where nothing is done.</param>
/// <param name="Scale">Of the planes in their order.</param>
/// <param name="Offset">Of the planes in their order.</param>
/// <param name="Swapped">Whether the last colour of the input is the first plane.</param>
public sealed record ImageFront(
    ImageInput Input, string Value, IReadOnlyList<float> Scale, IReadOnlyList<float> Offset, bool Swapped)
{
    /// <summary>Whether the file changes numbers or order of its pictures itself.</summary>
    public bool Normalizes => Swapped || Scale.Any(a => a != 1) || Offset.Any(b => b != 0);

    /// <summary>
    /// The range that the input's numbers seem to have: where the file subtracts or divides by less than 4, from 0 to
    /// 1; where it works with more, or takes bytes, from 0 to 255. Null: it says nothing of it.
    /// </summary>
    public Normalization? InputRange => Input.Type == ElementType.UInt8 ? Normalization.Pixels
        : Scale.All(a => a == 1) && Offset.All(b => b == 0) ? null
        : Scale.Max(a => 1 / Math.Abs(a)) >= 4 || Scale.Zip(Offset).Max(c => Math.Abs(c.Second / c.First)) >= 4
            ? Normalization.Pixels : Normalization.Unit;

    /// <summary>
    /// What the planes at <see cref="Value"/> are of pixels from 0 to 255, the input being normalised as given:
    /// y = a (u - m) / s + b = (u - (m - b s / a)) / (s / a).
    /// </summary>
    public Normalization Behind(Normalization input)
    {
        var (mean, std) = (Planes(input.Mean, input.Order), Planes(input.Std, input.Order));
        if (Swapped)
            (mean, std) = ([.. mean.Reverse()], [.. std.Reverse()]);
        var order = !Swapped ? input.Order : input.Order == ChannelOrder.Rgb ? ChannelOrder.Bgr : ChannelOrder.Rgb;
        return new(Colors([.. mean.Select((m, c) => m - Offset[c] * std[c] / Scale[c])], order),
            Colors([.. std.Select((s, c) => s / Scale[c])], order), order);
    }

    /// <summary>Finds it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="input">Its image input.</param>
    /// <param name="heads">Names of the values behind the network.</param>
    /// <exception cref="ModelException">The planes cannot be told.</exception>
    public static ImageFront Read(OnnxModel model, ImageInput input, IReadOnlyList<string> heads)
    {
        var candidates = StemCut.Candidates(model, input.Name, heads);
        // Halves are widened wherever the model is run or trained.
        if (candidates[0] == input.Name && input is
            { HasBatch: true, ChannelsLast: false, Type: ElementType.Float32 or ElementType.Float16 })
            return new(input, input.Name, [.. Enumerable.Repeat(1f, input.Channels)], new float[input.Channels], false);
        var picture = input.Probe;
        foreach (var value in candidates)
        {
            var planes = Subgraph.Run(model, new Dictionary<string, Tensor> { [input.Name] = picture }, [value])[value];
            if (planes.Type == ElementType.Float32 && planes.Shape == new TensorShape(1, input.Channels, input.Height, input.Width)
                && Fit(input, picture, planes.Values<float>()) is { } fit)
                return new(input, value, fit.Scale, fit.Offset, fit.Swapped);
        }
        throw new ModelException(
            $"{model.Path}: what happens to the input '{input.Name}' {input.Type} {input.Shape} before the first layer "
            + "is no normalisation of its colours; export the model with an input [batch, 3, height, width] of Float32.");
    }

    private static (float[] Scale, float[] Offset, bool Swapped)? Fit(
        ImageInput input, Tensor picture, ReadOnlySpan<float> planes)
    {
        float[] x = picture.Type switch
        {
            ElementType.UInt8 => [.. picture.Values<byte>().ToArray().Select(b => (float)b)],
            ElementType.Float16 => [.. picture.Values<Half>().ToArray().Select(h => (float)h)],
            _ => picture.Values<float>().ToArray(),
        };
        var pixels = input.Width * input.Height;
        foreach (var swapped in (bool[])[false, true])
        {
            var (count, fits) = (input.Channels, true);
            var (scale, offset) = (new float[count], new float[count]);
            for (var plane = 0; plane < count && fits; plane++)
            {
                var (color, last) = (swapped ? count - 1 - plane : plane, input.ChannelsLast);
                var y = planes.Slice(plane * pixels, pixels).ToArray();
                fits = Line(y, i => x[last ? count * i + color : color * pixels + i], out scale[plane], out offset[plane]);
            }
            if (fits)
                return (scale, offset, swapped);
        }
        return null;
    }

    // Through the lowest and the highest number; all others must lie on it, up to rounding.
    private static bool Line(float[] y, Func<int, float> x, out float scale, out float offset)
    {
        var (low, high) = (0, 0);
        for (var i = 1; i < y.Length; i++)
            (low, high) = (x(i) < x(low) ? i : low, x(i) > x(high) ? i : high);
        var (a, run) = ((double)y[high] - y[low], (double)x(high) - x(low));
        (scale, offset) = (Round(a / run), Round(y[low] - a / run * x(low)));
        var (s, o) = (scale, offset);
        var tolerance = 2e-5 * (Math.Abs(y[low]) + Math.Abs(y[high]) + Math.Abs(o));
        return run > 0 && Math.Abs(s) > 1e-9
            && y.Index().All(at => Math.Abs(at.Item - (s * x(at.Index) + o)) <= tolerance);
    }

    // What comes out of single precision has some six digits; a slope of 0.99999997 is 1.
    private static float Round(double value) => value == 0 || Math.Abs(value) < 1e-6 ? 0
        : (float)Math.Round(value, Math.Clamp(6 - (int)Math.Ceiling(Math.Log10(Math.Abs(value))), 0, 15));

    private static float[] Planes(ChannelValues colors, ChannelOrder order) => order switch
    {
        ChannelOrder.Rgb => [colors.Red, colors.Green, colors.Blue],
        ChannelOrder.Bgr => [colors.Blue, colors.Green, colors.Red],
        _ => [colors.Red],
    };

    private static ChannelValues Colors(float[] planes, ChannelOrder order) => order switch
    {
        ChannelOrder.Rgb => new ChannelValues(planes[0], planes[1], planes[2]),
        ChannelOrder.Bgr => new ChannelValues(planes[2], planes[1], planes[0]),
        _ => planes[0],
    };
}
