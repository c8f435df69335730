using System.Numerics;
using MLNet.Detection.Anchors;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Quantization;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Heads;

/// <summary>
/// The anchors that the decoding of a YOLO file holds, found by running it: raw zeros decode to the anchors, in the
/// middle of their cells.
/// </summary>
internal static class YoloTail
{
    /// <summary>Whether the output is a decoding of this kind.</summary>
    public static bool Decodes(HeadImport import)
    {
        try
        {
            var maps = import.MapsBehind(import.ClassOutput);
            Anchors(import, [.. maps.Select(map => map.Name)],
                [.. maps.Select(map => new GridSize((int)map.Shape[3], (int)map.Shape[2]))]);
            return true;
        }
        catch (ModelException)
        {
            return false;
        }
    }

    /// <summary>Reads the sizes of the anchors, level by level.</summary>
    /// <exception cref="ModelException">The output is no decoding of this kind.</exception>
    public static YoloAnchors Anchors(HeadImport import, IReadOnlyList<string> maps, IReadOnlyList<GridSize> grids)
    {
        var cells = grids.Sum(grid => grid.Width * grid.Height);
        var (zeros, ones) = (Decode(import, maps, 0), Decode(import, maps, 1));
        var (rows, columns) = zeros.Shape.Rank == 3 ? ((int)zeros.Shape[1], (int)zeros.Shape[2]) : (0, 0);
        if (rows == 0 || rows % cells != 0 || columns <= 5)
            throw Foreign(import, $"has the shape {zeros.Shape}, expected [1, {cells} anchors, 5 + classes]");
        var (perCell, first, sizes) = (rows / cells, 0, new List<Vector2[]>());
        foreach (var grid in grids)
        {
            var count = grid.Width * grid.Height;
            // Rows run over the anchors of each cell, or over the cells for each anchor.
            var step = perCell > 1 && Centre(zeros, first) == Centre(zeros, first + 1) ? 1 : count;
            sizes.Add([.. Enumerable.Range(0, perCell).Select(a => Size(zeros, first + a * step))]);
            Verify(import, grid, zeros, ones, first);
            first += perCell * count;
        }
        return new([.. sizes]);
    }

    // At 1 YOLOv5 decodes (2 s - 0.5) stride and (2 s)^2 anchor, s = sigmoid(1); older versions decode otherwise.
    private static void Verify(HeadImport import, GridSize grid, Tensor zeros, Tensor ones, int row)
    {
        var s = 1 / (1 + MathF.Exp(-1));
        var stride = new Vector2((float)import.Width / grid.Width, (float)import.Height / grid.Height);
        var (centre, size) = (Centre(ones, row), Size(ones, row));
        if (Far(Centre(zeros, row), stride / 2) || Far(centre, (2 * s - 0.5f) * stride)
            || Far(size, 4 * s * s * Size(zeros, row)))
            throw Foreign(import, "does not decode centre (2 s - 0.5 + cell) stride and size (2 s)^2 anchor");
        // What is no probability is a keypoint or the like.
        if (ones.Values<float>().Slice(row * (int)ones.Shape[2] + 4, (int)ones.Shape[2] - 4).ContainsAnyExceptInRange(0, 1))
            throw Foreign(import, "has other columns than a box, an objectness and classes");
    }

    private static bool Far(Vector2 found, Vector2 expected) =>
        !((found - expected).Length() <= 0.01f * expected.Length());

    private static Vector2 Centre(Tensor decoded, int row) => Pair(decoded, row, 0);

    private static Vector2 Size(Tensor decoded, int row) => Pair(decoded, row, 2);

    private static Vector2 Pair(Tensor decoded, int row, int column)
    {
        var numbers = decoded.Values<float>().Slice(row * (int)decoded.Shape[2] + column, 2);
        return new(numbers[0], numbers[1]);
    }

    private static Tensor Decode(HeadImport import, IReadOnlyList<string> maps, float raw)
    {
        var output = import.BoxOutput;
        if (output.Contains(',') || maps.Contains(output))
            throw Foreign(import, "holds raw numbers");
        var feeds = maps.Zip(import.Shapes(maps)).ToDictionary(map => map.First, map => Filled(map.Second, raw));
        // A tail may ask the pictures for their size.
        feeds[import.Input.Name] = import.Input.Zeros;
        return Subgraph.Run(ActivationRounding.Without(import.Model), feeds, [output])[output];
    }

    private static Tensor Filled(TensorShape shape, float value) =>
        Tensor.Of<float>(shape, [.. Enumerable.Repeat(value, (int)shape.Size)]);

    private static ModelException Foreign(HeadImport import, string found) => new(
        $"{import.Model.Path}: '{import.BoxOutput}' {found}, so the anchors cannot be read out of the file; give "
        + "them, as a scheme (AnchorScheme) or in a file.");
}
