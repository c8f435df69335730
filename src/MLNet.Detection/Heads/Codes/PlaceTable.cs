using MLNet.Detection.Boxes;
using OnnxGraphs.Graphs;

namespace MLNet.Detection.Heads;

/// <summary>The places of a head as constants of a graph, a row each.</summary>
/// <param name="Graph">The graph.</param>
/// <param name="Anchors">The box of each place, in pixels of the network's input.</param>
/// <param name="Steps">Width and height of the cell of each place, pixels.</param>
/// <param name="Picture">Width and height of the network's input, pixels.</param>
internal sealed record PlaceTable(
    Graph Graph, IReadOnlyList<Box> Anchors, IReadOnlyList<(float X, float Y)> Steps, (int Width, int Height) Picture)
{
    /// <summary>The gain of each place's level; null where levels have none of their own.</summary>
    public IReadOnlyList<float>? Gains { get; init; }

    /// <summary>[N, 2]: the points, centres of the boxes.</summary>
    public Var Points => Pairs(Anchors.Select(box => (box.CenterX, box.CenterY)));

    /// <summary>[N, 2]: width and height of the boxes.</summary>
    public Var Sizes => Pairs(Anchors.Select(box => (box.Width, box.Height)));

    /// <summary>[N, 2]: strides.</summary>
    public Var Strides => Pairs(Steps);

    /// <summary>[N, 4]: corners of the squares of a stride around the points, the unit of distances in strides.</summary>
    public Var Cells => Graph.Constant(Tensor.Of<float>(new(Anchors.Count, 4),
        [.. Anchors.Zip(Steps, (box, step) => Box.FromCxcywh(box.CenterX, box.CenterY, step.X, step.Y))
            .SelectMany(cell => new[] { cell.X0, cell.Y0, cell.X1, cell.Y1 })]));

    /// <summary>[2]: width and height of the picture.</summary>
    public Var Frame => Graph.Constant(Tensor.Vector<float>(Picture.Width, Picture.Height));

    /// <summary>[N, 1]: the gains, or one for all.</summary>
    public Var GainsOr(float gain) => Graph.Constant(Gains is null ? Tensor.Vector(gain)
        : Tensor.Of<float>(new(Anchors.Count, 1), [.. Gains]));

    private Var Pairs(IEnumerable<(float X, float Y)> pairs) => Graph.Constant(
        Tensor.Of<float>(new(Anchors.Count, 2), [.. pairs.SelectMany(pair => new[] { pair.X, pair.Y })]));
}
