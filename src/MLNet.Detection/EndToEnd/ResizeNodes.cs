using MLNet.Detection.Images;
using MLNet.Detection.Scoring;
using OnnxGraphs.Graphs;

namespace MLNet.Detection.EndToEnd;

/// <summary>
/// <see cref="ImageResize"/> and <see cref="Normalization"/> as nodes, for pictures of any size: rows and columns are
/// mixed by two matrices, whose weights (those of ResampleTaps) are computed from the picture's size.
/// </summary>
internal sealed class ResizeNodes(NodeWriter nodes, ImageResize resize, Normalization normalization)
{
    /// <summary>The way back: network = original * scale + offset, float [4] as x, y, x, y.</summary>
    public string Scale { get; private set; } = "";

    /// <inheritdoc cref="Scale"/>
    public string Offset { get; private set; } = "";

    /// <summary>From pixels, uint8 [h, w, 3], to planes [1, 3, height, width].</summary>
    public string Planes(string pixels)
    {
        var shape = nodes.Add("Shape", pixels);
        var (height, width) = (Side(shape, 0), Side(shape, 1));
        var (innerHeight, innerWidth) = Inner(height, width);
        var resized = Mix(nodes.Cast(pixels, ElementType.Float32), height, width, innerHeight, innerWidth);
        var (left, top) = (Margin(resize.Width, innerWidth), Margin(resize.Height, innerHeight));
        Remember(height, width, innerHeight, innerWidth, left, top);
        return Normalized(resize.Mode == ResizeMode.Letterbox
            ? Padded(resized, innerHeight, innerWidth, left, top)
            : resized);
    }

    private string Side(string shape, long axis) => nodes.Add("Gather", shape, nodes.Number(axis));

    private string Double(string value) => nodes.Cast(value, ElementType.Float64);

    private (string Height, string Width) Inner(string height, string width)
    {
        var (fullHeight, fullWidth) = (nodes.Number((long)resize.Height), nodes.Number((long)resize.Width));
        if (resize.Mode == ResizeMode.Stretch)
            return (fullHeight, fullWidth);
        var scale = nodes.Add("Min", nodes.Add("Div", Double(fullWidth), Double(width)),
            nodes.Add("Div", Double(fullHeight), Double(height)));
        string Fit(string side, string full) => nodes.Cast(nodes.Add("Clip",
            nodes.Add("Round", nodes.Add("Mul", Double(side), scale)), nodes.Number(1.0), Double(full)),
            ElementType.Int64);
        return (Fit(height, fullHeight), Fit(width, fullWidth));
    }

    // [3, height, width] of whole numbers from 0 to 255.
    private string Mix(string pixels, string height, string width, string innerHeight, string innerWidth)
    {
        var channels = nodes.Transpose(pixels, 2, 0, 1);
        var down = nodes.Add("MatMul", Weights(height, innerHeight), channels);
        var across = nodes.Add("MatMul", down, nodes.Transpose(Weights(width, innerWidth), 1, 0));
        return nodes.Add("Floor", nodes.Add("Add", across, nodes.Number(0.5f)));
    }

    // [to, from]: an axis that shrinks takes the part of each pixel that a new one covers, in units of 1 / to pixels;
    // one that grows is interpolated between the two nearest centres.
    private string Weights(string from, string to)
    {
        var (long0, long1) = (nodes.Number(0L), nodes.Number(1L));
        var i = nodes.Add("Unsqueeze", Double(nodes.Add("Range", long0, to, long1)), nodes.Vector(1L));
        var j = nodes.Add("Unsqueeze", Double(nodes.Add("Range", long0, from, long1)), nodes.Vector(0L));
        var (f, t, zero, one, half) =
            (Double(from), Double(to), nodes.Number(0.0), nodes.Number(1.0), nodes.Number(0.5));
        string End(string index, string size) => nodes.Add("Mul", nodes.Add("Add", index, one), size);
        var common = nodes.Add("Sub", nodes.Add("Min", End(i, f), End(j, t)),
            nodes.Add("Max", nodes.Add("Mul", i, f), nodes.Add("Mul", j, t)));
        var covered = nodes.Add("Div", nodes.Add("Max", common, zero), f);
        var center = nodes.Add("Clip",
            nodes.Add("Sub", nodes.Add("Div", nodes.Add("Mul", nodes.Add("Add", i, half), f), t), half),
            zero, nodes.Add("Sub", f, one));
        var near = nodes.Add("Max", nodes.Add("Sub", one, nodes.Add("Abs", nodes.Add("Sub", center, j))), zero);
        return nodes.Cast(nodes.Add("Where", nodes.Add("Greater", from, to), covered, near), ElementType.Float32);
    }

    private string Margin(int full, string inner) =>
        nodes.Add("Div", nodes.Add("Sub", nodes.Number((long)full), inner), nodes.Number(2L));

    private void Remember(
        string height, string width, string innerHeight, string innerWidth, string left, string top)
    {
        string Float(string value) =>
            nodes.Add("Unsqueeze", nodes.Cast(value, ElementType.Float32), nodes.Vector(0L));
        string Twice(string x, string y) => nodes.Add("Concat", [x, y, x, y], ("axis", 0));
        Scale = Twice(nodes.Add("Div", Float(innerWidth), Float(width)),
            nodes.Add("Div", Float(innerHeight), Float(height)));
        Offset = Twice(Float(left), Float(top));
    }

    private string Padded(string inner, string innerHeight, string innerWidth, string left, string top)
    {
        string Rest(int full, string margin, string size) =>
            nodes.Add("Sub", nodes.Add("Sub", nodes.Number((long)full), margin), size);
        string One(string value) => nodes.Add("Unsqueeze", value, nodes.Vector(0L));
        var zero = nodes.Vector(0L);
        var pads = nodes.Add("Concat",
            [zero, One(top), One(left), zero, One(Rest(resize.Height, top, innerHeight)),
                One(Rest(resize.Width, left, innerWidth))], ("axis", 0));
        return nodes.Add("Pad", inner, pads, nodes.Number((float)resize.Fill));
    }

    /// <summary>From pixels [3, height, width] of the network's size to planes [1, channels, height, width].</summary>
    public string Normalized(string pixels)
    {
        if (normalization.Order == ChannelOrder.Grey)
            return Grey(pixels);
        var ordered = normalization.Order == ChannelOrder.Rgb ? pixels
            : nodes.Add("Gather", [pixels, nodes.Vector(2L, 1L, 0L)], ("axis", 0));
        string Plane(ChannelValues values)
        {
            var (first, last) = normalization.Order == ChannelOrder.Rgb
                ? (values.Red, values.Blue) : (values.Blue, values.Red);
            return nodes.Add("Reshape", nodes.Vector(first, values.Green, last), nodes.Vector(3L, 1L, 1L));
        }
        var planes = nodes.Add("Div", nodes.Add("Sub", ordered, Plane(normalization.Mean)), Plane(normalization.Std));
        return nodes.Add("Reshape", planes, nodes.Vector(1L, 3L, resize.Height, resize.Width));
    }

    private string Grey(string pixels)
    {
        var shares = nodes.Add("Reshape", nodes.Vector(0.299f, 0.587f, 0.114f), nodes.Vector(1L, 3L));
        var grey = nodes.Add("MatMul", shares, nodes.Add("Reshape", pixels, nodes.Vector(3L, -1L)));
        var plane = nodes.Add("Div", nodes.Add("Sub", grey, nodes.Number(normalization.Mean.Red)),
            nodes.Number(normalization.Std.Red));
        return nodes.Add("Reshape", plane, nodes.Vector(1L, 1L, resize.Height, resize.Width));
    }
}
