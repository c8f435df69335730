using MLNet.Detection.Anchors;
using MLNet.Detection.Boxes;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;

namespace MLNet.Detection.Detectors;

/// <summary>
/// A detector at other sizes of its pictures, for training: the same network over larger or smaller maps, with as large
/// anchors in every cell. Its file is that of the first size.
/// </summary>
internal sealed class ScaledDetector
{
    private readonly DetectorModel _detector;
    private readonly IReadOnlyList<string> _names;
    private readonly IReadOnlyList<LevelAnchors> _levels;

    /// <summary>Reads the levels of a detector.</summary>
    /// <exception cref="ModelException">Its places do not lie on maps whose cells are all alike.</exception>
    public ScaledDetector(DetectorModel detector)
    {
        (_detector, _names) = (detector, detector.Head.GridMaps(detector));
        if (_names.Count == 0)
            throw Refused($"the places of a {detector.Head.Kind} head do not grow in number with the picture");
        var maps = Maps(detector);
        var (cells, own) = (maps.Sum(Cells), maps.Sum(map => Cells(map) * map[1] / 4));
        var from = 0;
        var levels = new List<LevelAnchors>();
        foreach (var map in maps)
        {
            // Levels of SSD differ in anchors a cell, and have four channels for each.
            var count = (int)(own == detector.Anchors.Count ? map[1] / 4 : detector.Anchors.Count / cells);
            var grid = Grid(map);
            var places = grid.Width * grid.Height * count;
            if (from + places > detector.Anchors.Count)
                throw Refused($"the maps before its values have {cells} cells, which {detector.Anchors.Count} anchors do not fit");
            levels.Add(LevelAnchors.Of([.. detector.Anchors.Skip(from).Take(places)], grid, Size(detector))
                ?? throw Refused($"the anchors of its map of {grid.Width} x {grid.Height} cells are not alike in every cell"));
            from += places;
        }
        _levels = levels;
    }

    /// <summary>What sides of a picture are multiples of: the coarsest stride, pixels.</summary>
    public (float X, float Y) Stride => (_levels.Max(level => level.Stride.X), _levels.Max(level => level.Stride.Y));

    /// <summary>The detector at a size.</summary>
    /// <exception cref="ModelException">The network cannot take it.</exception>
    public DetectorModel At(int width, int height)
    {
        // What the file declares of its input is stepped over: it may say a size on which nothing before the raw values depends.
        var sized = _detector with
        {
            Resize = new(width, height, _detector.Resize.Mode, _detector.Resize.Fill), ImageValue = _detector.InputName,
        };
        try
        {
            GridSize[] grids = [.. Maps(sized).Select(Grid)];
            foreach (var (level, grid) in _levels.Zip(grids))
                if (!level.Fits(grid, width, height))
                    throw new ModelException($"its map of stride {level.Stride.X} would have {grid.Width} x {grid.Height} cells");
            sized = sized with
            {
                Anchors = (width, height) == Size(_detector) ? _detector.Anchors
                    : [.. _levels.Zip(grids).SelectMany(pair => pair.First.Over(pair.Second))],
                Head = _detector.Head.Over(grids),
            };
            _ = sized.Head.Tables(sized, Read(sized, sized.RawValues));
            return sized;
        }
        catch (Exception error) when (error is GraphException or ModelException)
        {
            throw new ModelException($"{_detector.Model.Path}: it cannot be trained with pictures of {width} x {height} "
                + $"beside {_detector.Resize.Width} x {_detector.Resize.Height} ({error.Message}). Give multiples of "
                + $"{Stride.X}; where these fail too, height and width are built into the file: export it with both open "
                + "(dynamic axes) and import it with --image-size (ImageSize), or train without --multi-scale (MultiScale).",
                error);
        }
    }

    private IReadOnlyList<TensorShape> Maps(DetectorModel detector)
    {
        TensorShape[] shapes = [.. Read(detector, _names).Select(map => map.Shape)];
        return shapes.All(shape => shape.Rank == 4) ? shapes
            : throw Refused($"'{_names[0]}' is {shapes[0]}, no map [batch, channels, height, width]");
    }

    private static IReadOnlyList<Var> Read(DetectorModel detector, IReadOnlyList<string> values) => GraphReader.Read(
        detector.Network(1), new Graph(), values, new()
        {
            InputShapes = new Dictionary<string, TensorShape> { [detector.InputName] = detector.InputShape(1) },
        });

    private static GridSize Grid(TensorShape map) => new((int)map[3], (int)map[2]);

    private static long Cells(TensorShape map) => map[2] * map[3];

    private static (int Width, int Height) Size(DetectorModel detector) => (detector.Resize.Width, detector.Resize.Height);

    private ModelException Refused(string why) => new($"{_detector.Model.Path}: it cannot be trained with pictures of several "
        + $"sizes: {why}. Train it without --multi-scale (MultiScale); random zoom and scale (--augment zoom scale) vary the "
        + "size of objects too.");
}
