using MLNet.Detection.Boxes;

namespace MLNet.Detection.Anchors;

/// <summary>
/// Squares of given sides on a grid that may be denser than the cells: of density d a cell has d x d of a side. Density 1
/// puts one in the middle of the cell (RetinaFace, https://arxiv.org/abs/1905.00641); FaceBoxes lays its small squares
/// more densely (https://arxiv.org/abs/1708.05234).
/// </summary>
/// <param name="Squares">Per level the sides in pixels of the network's input, and the density of each.</param>
/// <param name="Steps">Per level the stride in pixels.</param>
public sealed record DensityAnchors(
    IReadOnlyList<IReadOnlyList<(float Side, int Density)>> Squares, IReadOnlyList<int> Steps) : AnchorScheme
{
    /// <summary>RetinaFace: sides 16 to 512 on strides 8, 16 and 32, two a cell.</summary>
    public static DensityAnchors RetinaFace { get; } = new(
        [[(16, 1), (32, 1)], [(64, 1), (128, 1)], [(256, 1), (512, 1)]], [8, 16, 32]);

    /// <summary>FaceBoxes: sides 32, 64 and 128 with densities 4, 2 and 1 on stride 32, then 256 and 512.</summary>
    public static DensityAnchors FaceBoxes { get; } = new(
        [[(32, 4), (64, 2), (128, 1)], [(256, 1)], [(512, 1)]], [32, 64, 128]);

    /// <inheritdoc/>
    public override int Levels => Squares.Count;

    /// <inheritdoc/>
    public override int AnchorsPerCell(int level) => Squares[level].Sum(square => square.Density * square.Density);

    private protected override void AddLevel(
        List<Box> anchors, int level, GridSize map, int imageWidth, int imageHeight)
    {
        for (var row = 0; row < map.Height; row++)
            for (var column = 0; column < map.Width; column++)
                foreach (var (side, density) in Squares[level])
                    for (var y = 0; y < density; y++)
                        for (var x = 0; x < density; x++)
                            anchors.Add(Box.FromCxcywh((column + At(x, density)) * Steps[level],
                                (row + At(y, density)) * Steps[level], side, side));
    }

    // One lies in the middle; several begin at the cell's corner.
    private static float At(int index, int density) => density == 1 ? 0.5f : (float)index / density;
}
