using OnnxGraphs.Graphs;

namespace OnnxGraphs.Ops;

public static partial class Op
{
    private static OperatorTable Sampling() => new()
    {
        ["GridSample"] = Operator.Composed(GridSampleShape, GridSampled)
            with { Remark = "[N, C, H, W], linear or nearest, zeros or border" },
    };

    private static IReadOnlyList<TypedShape> GridSampleShape(Node x)
    {
        var (image, grid) = (x[0].Shape, x[1].Shape);
        Expect(x, image.Rank > 2 && grid.Rank == image.Rank && grid[0] == image[0] && grid[-1] == image.Rank - 2,
            "an image [N, C, H, W] and a grid [N, rows, columns, 2]");
        return [new(x[0].Type, new([.. image.Take(2), .. grid.Skip(1).Take(grid.Rank - 2)]))];
    }

    // y = sum over the four pixels around each place: their value times (1 - distance in x) (1 - distance in y); pixels
    // beyond the edge count nothing.
    private static Var GridSampled(Node node, Var?[] inputs)
    {
        var (image, grid) = (inputs[0]!, Cast(inputs[1]!, inputs[0]!.Type));
        var mode = node.Attributes.Text("mode", "linear");
        var padding = node.Attributes.Text("padding_mode", "zeros");
        if (image.Shape.Rank != 4 || mode is not ("linear" or "nearest") || padding is not ("zeros" or "border"))
            throw new GraphException($"{node}: GridSample has a gradient rule for [N, C, H, W], linear or nearest, "
                + $"with zeros or border beyond the edge; found mode '{mode}', padding '{padding}'. Cut the model "
                + "before it.");
        var (h, w) = (image.Shape[2], image.Shape[3]);
        var columns = Pixels(node, grid, 0, w);
        var rows = Pixels(node, grid, 1, h);
        var flat = Reshape(image, image.Shape[0], image.Shape[1], h * w);
        var sum = Corners(rows, mode).SelectMany(row => Corners(columns, mode), (row, column) =>
        {
            var weight = row.Weight * column.Weight * Within(row.Place, h) * Within(column.Place, w);
            var places = Clip(row.Place, 0, h - 1) * (float)w + Clip(column.Place, 0, w - 1);
            return Picked(flat, places) * Unsqueeze(weight, 1);
        }).Aggregate((a, b) => a + b);
        return sum;
    }

    // Coordinates -1 to 1 of one axis in pixels: of pixel centres (align_corners) or of the edges of the image.
    private static Var Pixels(Node node, Var grid, int axis, long size)
    {
        var g = Squeeze(Slice(grid, 3, axis, axis + 1), 3) + 1f;
        var at = node.Attributes.Flag("align_corners") ? g * ((size - 1) / 2f) : g * (size / 2f) - 0.5f;
        return node.Attributes.Text("padding_mode", "zeros") == "border" ? Clip(at, 0, size - 1) : at;
    }

    private static IEnumerable<(Var Place, Var Weight)> Corners(Var at, string mode)
    {
        if (mode == "nearest")
            return [(Unary("Round", at), at * 0f + 1f)];
        var (low, part) = (Floor(at), at - Floor(at));
        return [(low, 1f - part), (low + 1f, part)];
    }

    private static Var Within(Var place, long size) =>
        Cast(And(GreaterOrEqual(place, place.Like(0)), LessOrEqual(place, place.Like(size - 1))), place.Type);

    // Values [N, C, rows, columns] of an image [N, C, H W] at places [N, rows, columns].
    private static Var Picked(Var flat, Var places)
    {
        var shape = new TensorShape(flat.Shape[0], flat.Shape[1], places.Shape[1], places.Shape[2]);
        var indices = Cast(Expand(Unsqueeze(places, 1), shape), ElementType.Int64);
        return Reshape(GatherElements(flat, Reshape(indices, flat.Shape[0], flat.Shape[1], -1), 2), shape);
    }
}
