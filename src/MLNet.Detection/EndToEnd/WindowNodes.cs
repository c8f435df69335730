using MLNet.Detection.Scoring;
using MLNet.Detection.Segmentation;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models.Proto;

namespace MLNet.Detection.EndToEnd;

/// <summary>
/// <see cref="PictureWindow"/> and <see cref="WindowGrid"/> as nodes: a loop over rows of windows, in it a loop over the windows of
/// a row, in it the network. What windows say is added up with their weights, which travel as one more plane.
/// </summary>
/// <param name="segmenter">Of these windows.</param>
/// <param name="network">Adds the network: from a window's pixels [3, height, width] to its map.</param>
/// <param name="map">Shape of that map.</param>
internal sealed class WindowNodes(SegmenterModel segmenter, Func<NodeWriter, string, string> network, TensorShape map)
{
    private readonly int _down = segmenter.Crops ? (int)map[2] : segmenter.Resize.Height;
    private readonly int _across = segmenter.Crops ? (int)map[3] : segmenter.Resize.Width;

    /// <summary>From pixels, uint8 [h, w, 3], to probabilities [1, channels, h, w].</summary>
    public string Probabilities(NodeWriter nodes, string pixels)
    {
        var (rows, columns) = (new Axis(nodes, pixels, 0, _down, segmenter), new Axis(nodes, pixels, 1, _across, segmenter));
        var sums = nodes.Loop(rows.Count, Zeros(nodes, rows.Side, columns.Side), (body, row, sums) =>
        {
            var strip = body.Add("Gather", [pixels, rows.Shown(body, row, segmenter.Resize.Height)], ("axis", 0));
            var sum = body.Loop(columns.Count, Zeros(body, body.Vector((long)_down), columns.Side), (inner, column, before) =>
            {
                var window = inner.Add("Gather", [strip, columns.Shown(inner, column, segmenter.Resize.Width)], ("axis", 1));
                var said = network(inner, inner.Cast(inner.Transpose(window, 2, 0, 1), ElementType.Float32));
                return inner.Add("Add", before, columns.Placed(inner, Weighted(inner, said), column));
            });
            return body.Add("Add", sums, rows.Placed(body, sum, row));
        });
        var parts = nodes.Node("Split", [sums, nodes.Vector<long>(segmenter.Channels, 1)], 2).Output;
        return nodes.Add("Unsqueeze", nodes.Add("Div", parts[0], parts[1]), nodes.Vector(0L));
    }

    private string Zeros(NodeWriter nodes, string height, string width) =>
        nodes.Add("ConstantOfShape", nodes.Add("Concat", [nodes.Vector(segmenter.Channels + 1L), height, width], ("axis", 0)));

    // [channels + 1, down, across]: the more, the farther from the border; the weights themselves are the last plane.
    private string Weighted(NodeWriter nodes, string said)
    {
        if ((map[2], map[3]) != (_down, _across))
            said = nodes.Resized(said, nodes.Vector(1L, segmenter.Channels, _down, _across));
        var weights = new float[_down * _across];
        for (var i = 0; i < weights.Length; i++)
            weights[i] = WindowGrid.Weight(i % _across, _across) * WindowGrid.Weight(i / _across, _down);
        var weight = nodes.Constant(Tensor.Of<float>(new(1, _down, _across), weights));
        return nodes.Add("Concat",
            [nodes.Add("Mul", nodes.Add("Squeeze", said, nodes.Vector(0L)), weight), weight], ("axis", 0));
    }

    /// <summary>Windows along one axis of a picture; they begin where <see cref="WindowGrid"/> lets them begin.</summary>
    private sealed class Axis
    {
        private readonly int _axis, _window;
        private readonly string _size, _rest;

        public Axis(NodeWriter nodes, string pixels, int axis, int window, SegmenterModel segmenter)
        {
            (_axis, _window) = (axis, window);
            _size = nodes.Add("Gather", nodes.Add("Shape", pixels), nodes.Number((long)axis));
            _rest = nodes.Add("Max", nodes.Add("Sub", _size, nodes.Number((long)window)), nodes.Number(0L));
            var steps = nodes.Add("Div", nodes.Cast(_rest, ElementType.Float64),
                nodes.Number(WindowGrid.Step(window, segmenter.Tiling!.Overlap)));
            Count = nodes.Add("Add", nodes.Cast(nodes.Add("Ceil", steps), ElementType.Int64), nodes.Number(1L));
            Side = nodes.Add("Unsqueeze", _size, nodes.Vector(0L));
        }

        /// <summary>Number of windows.</summary>
        public string Count { get; }

        /// <summary>Pixels of the picture, Int64 [1].</summary>
        public string Side { get; }

        /// <summary>The pixels that the network sees of a window; beside the picture its reflection.</summary>
        public string Shown(NodeWriter nodes, string index, int pixels)
        {
            var (zero, one, two) = (nodes.Number(0L), nodes.Number(1L), nodes.Number(2L));
            var first = nodes.Add("Sub", Start(nodes, index), nodes.Number((pixels - _window) / 2L));
            var period = nodes.Add("Max", nodes.Add("Mul", two, nodes.Add("Sub", _size, one)), one);
            var at = nodes.Add("Mod", nodes.Add("Add", nodes.Add("Range", zero, nodes.Number((long)pixels), one), first), period);
            return nodes.Add("Where", nodes.Add("Less", at, _size), at, nodes.Add("Sub", period, at));
        }

        /// <summary>A part, with zeros up to the size of the picture; what lies beyond it is cut off.</summary>
        public string Placed(NodeWriter nodes, string part, string index)
        {
            var start = nodes.Add("Unsqueeze", Start(nodes, index), nodes.Vector(0L));
            var after = nodes.Add("Sub", nodes.Add("Sub", Side, start), nodes.Vector((long)_window));
            string[] pads = [.. Enumerable.Repeat(nodes.Vector(0L), 6)];
            (pads[_axis + 1], pads[_axis + 4]) = (start, after);
            return nodes.Add("Pad", part, nodes.Add("Concat", pads, ("axis", 0)));
        }

        // Evenly, so that the last window ends with the picture.
        private string Start(NodeWriter nodes, string index) => nodes.Add("Div", nodes.Add("Mul", index, _rest),
            nodes.Add("Max", nodes.Add("Sub", Count, nodes.Number(1L)), nodes.Number(1L)));
    }
}
