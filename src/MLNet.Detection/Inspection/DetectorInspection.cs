using MLNet.Detection.Anchors;
using MLNet.Detection.Detectors;
using MLNet.Detection.Heads;
using MLNet.Detection.Images;
using MLNet.Detection.Networks;
using MLNet.Detection.Segmentation;
using OnnxGraphs.Graphs;
using OnnxGraphs.Inspection;
using OnnxGraphs.Models;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Inspection;

/// <summary>
/// The report on a detector before it is tuned: what <see cref="ModelInspection.Summary"/> says of the model, and what
/// pictures, anchors and head mean for training it.
/// </summary>
public sealed record DetectorInspection
{
    /// <summary>The report on the model.</summary>
    public required ModelSummary Model { get; init; }

    /// <summary>The image input; null where there is no such input.</summary>
    public ImageInput? Input { get; init; }

    /// <summary>What the file does to its pictures itself; null where that is not clear.</summary>
    public ImageFront? Front { get; init; }

    /// <summary>What the input takes by the file's metadata; null where they do not say.</summary>
    public Normalization? StoredNormalization { get; init; }

    /// <summary>The kind of head; null where nothing speaks for any.</summary>
    public HeadGuess? Head { get; init; }

    /// <summary>The dense head that training takes; null where it takes another.</summary>
    public DenseFinding? Dense { get; init; }

    /// <summary>The set prediction with one sigmoid a class that the file has; null where it has none.</summary>
    public DetrFinding? Queries { get; init; }

    /// <summary>The two stages that the file has; null where it looks at no regions.</summary>
    public TwoStageFinding? Stages { get; init; }

    /// <summary>The map of scores of a segmentation network; null where the file is none.</summary>
    public MapCut? Map { get; init; }

    /// <summary>Whether a batch of one picture is built into the file: it is trained a picture at a time.</summary>
    public bool BatchOfOne { get; init; }

    /// <summary>Feature maps of the head, in its order.</summary>
    public IReadOnlyList<GridSize> Maps { get; init; } = [];

    /// <summary>Anchors of a cell of each map.</summary>
    public IReadOnlyList<int> AnchorsPerCell { get; init; } = [];

    /// <summary>Anchors and coder found in the tail; null where there are none.</summary>
    public TailAnchors? TailAnchors { get; init; }

    /// <summary>Known anchor schemes against the head's maps.</summary>
    public IReadOnlyList<AnchorFit> Schemes { get; init; } = [];

    /// <summary>What is particular about the file, and does not stand in the way, a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What stands in the way of training, and what is not known.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    /// <summary>The scheme to train with, where the file has no anchors: the first that fits.</summary>
    public KnownAnchors? Scheme => TailAnchors is null
        ? Schemes.FirstOrDefault(fit => fit.Fits && fit.Known.Kind != HeadKind.Yolo)?.Known : null;

    /// <summary>What pictures files of this kind take, where the file says nothing of it; null where they differ.</summary>
    public Normalization? Pixels => Stages is not null ? Stages.Head.CustomaryPixels
        : Queries is not null ? new DetrHead { Sigmoid = true }.CustomaryPixels
        : Dense?.Head.Pixels ?? Scheme?.Pixels
        ?? Schemes.FirstOrDefault(fit => fit.Distance < 1)?.Known.Pixels ?? Head?.Pixels;

    /// <summary>What the size of the first layer's weights speaks for, where neither file nor kind says what pictures are
    /// taken; null where one does.</summary>
    public Normalization? GuessedPixels { get; init; }

    /// <summary>The largest learning rate that the head and the weights bear; null: the trainer's own.</summary>
    public float? LearningRate { get; init; }

    /// <summary>How to tune the detector.</summary>
    public FineTuningRecipe Recipe => FineTuningRecipe.Of(this);

    /// <summary>The report as text, 120 columns wide.</summary>
    public override string ToString() => InspectionText.Write(this);

    /// <summary>Looks a file over.</summary>
    /// <param name="path">The ONNX file.</param>
    /// <param name="imageSize">Width and height in pixels, where the file leaves them open.</param>
    /// <exception cref="ModelException">The file cannot be read.</exception>
    public static DetectorInspection Of(string path, (int Width, int Height)? imageSize = null) =>
        Of(OnnxModel.Load(path), imageSize);

    /// <summary>Looks a model over. It refuses none: what is not clear is said.</summary>
    /// <param name="model">The model.</param>
    /// <param name="imageSize">Width and height in pixels, where the file leaves them open.</param>
    public static DetectorInspection Of(OnnxModel model, (int Width, int Height)? imageSize = null)
    {
        List<string> problems = FileForm.SizeProblem(model, imageSize) is { } problem ? [problem] : [];
        var notes = FileNotes.Of(model, ref imageSize);
        model = TiedWeights.Untie(Try(() => FileForm.Open(model, imageSize), problems) ?? model);
        var input = Try(() => ImageInput.Read(model, imageSize, orGrey: true), problems);
        if (input is not null && FileForm.OtherSize(model, input, imageSize) is { } other)
            problems.Add(other);
        var report = Batched(Of(model, input, problems) with { Notes = notes }, model);
        if (report.Map is not null)
            return report;
        var detector = Guessed(RateGuess.Put(report, model), model);
        return input is not { Channels: 1 } ? detector : detector with
        {
            Problems = [.. detector.Problems, "the pictures have one channel, but detectors are trained on three: export the model with "
                + "three, the first layer's weights repeated and divided by three"],
        };
    }

    private static DetectorInspection Batched(DetectorInspection report, OnnxModel model) =>
        report.Input is not { HasBatch: true } || !BuiltInBatch.Has(report, model) ? report
        : report with { BatchOfOne = true, Notes = [.. report.Notes, BuiltInBatch.Note] };

    private static DetectorInspection Guessed(DetectorInspection report, OnnxModel model)
    {
        if (report.Input is not { } input || report.Front is not { InputRange: null } || report.StoredNormalization is not null
            || report.Pixels is not null || Try(() => PixelGuess.Of(model, input), []) is not { } pixels)
            return report;
        return report with
        {
            GuessedPixels = pixels,
            Notes = [.. report.Notes, "what numbers the pixels are is not in the file. By the size of its first "
                + $"layer's weights they go {(pixels == Normalization.Pixels ? "from 0 to 255" : "from about 0 to 1")}; means and the order "
                + "of colours are not known. The program that runs the file today knows them: --normalization pixels, "
                + "unit, centered or imagenet, with --colors bgr where blue comes first."],
        };
    }

    private static DetectorInspection Of(OnnxModel model, ImageInput? input, List<string> problems)
    {
        var summary = model.Summary(input?.Shapes);
        // Without a size all else that is not clear follows from that.
        if (input is not null)
            problems.AddRange(summary.Problems);
        if (input is not null && StoredResult.Of(model) is { } constant)
            problems.Add(constant);
        var front = input is null || summary.TrainedValues.Count == 0 ? null
            : Try(() => ImageFront.Read(model, input, summary.TrainedValues), problems);
        if (input is not null && Try(() => TwoStageFinder.Find(model, input), problems) is { } stages)
            return TwoStage(summary, input, stages, Try(() => MetadataEntries.Pixels(model), problems), problems);
        if (input is not null && Try(() => MapMeaning.Only(model, input), []) is { } map)
            return new()
            {
                Model = summary with { Heads = null }, Input = input, Map = map,
                Front = Try(() => ImageFront.Read(model, input, [map.Value]), problems),
                StoredNormalization = Try(() => MetadataEntries.Pixels(model), problems),
                Problems = [.. problems.Distinct().Where(problem => !problem.Contains("not clear from its structure")),
                    .. map.Obstacle is { } obstacle
                        ? [$"behind the {map.Activation}, {obstacle}. {MapMeaning.Remedy(map)}"] : Array.Empty<string>()],
            };
        if (input is not null && Try(() => DetrFinder.Find(model, input), []) is { } queries)
            return new()
            {
                Model = summary, Input = input, Front = front, Queries = queries,
                Head = new(HeadKind.Detr, queries.Reason),
                StoredNormalization = Try(() => MetadataEntries.Pixels(model), problems),
                Problems = [.. problems.Distinct().Where(problem => !problem.Contains("not clear from its structure"))],
            };
        if (input is not null && Try(() => DetectorImport.FindDense(model, input), []) is { } dense)
            return Described(summary, input, front, dense, Try(() => MetadataEntries.Pixels(model), problems),
                problems);
        var joined = input is null ? null : Try(() => HeadGuess.Joined(model, input), []);
        if (input is null || joined is not null || summary.Heads is not { } heads)
            return Unclear(summary, input, front, joined, problems);
        var (maps, perCell) = Levels(model, heads, input, problems);
        var (stored, noAnchors) = (Try(() => MetadataEntries.Pixels(model), problems), new List<string>());
        var tail = Try(() => Anchors.TailAnchors.Find(model, heads.Boxes.Value, input), noAnchors);
        var schemes = AnchorFit.All(maps, perCell, input.Width, input.Height, tail?.Anchors);
        var head = HeadGuess.Of(summary, maps.Sum(map => (long)map.Width * map.Height), schemes);
        if (!schemes.Any(fit => fit.Fits) && head?.Kind is null or HeadKind.Ssd or HeadKind.RetinaNet)
            problems.AddRange(noAnchors);
        return new()
        {
            Model = summary, Input = input, Front = front, StoredNormalization = stored, Maps = maps,
            AnchorsPerCell = perCell, TailAnchors = tail, Schemes = schemes, Head = head,
            Problems = [.. problems.Distinct()],
        };
    }

    // The layers that the summary counts end where the file chooses regions; the finder looked behind that.
    private static DetectorInspection TwoStage(ModelSummary summary, ImageInput input, TwoStageFinding stages,
        Normalization? stored, List<string> problems) => new()
    {
        Model = summary, Input = input, StoredNormalization = stored, Stages = stages,
        Head = new(HeadKind.TwoStage, stages.Reason),
        Problems = [.. problems.Distinct().Except(summary.Problems)],
    };

    private static DetectorInspection Described(ModelSummary summary, ImageInput input, ImageFront? front,
        DenseFinding dense, Normalization? stored, List<string> problems) => new()
    {
        Model = summary, Input = input, Front = front, StoredNormalization = stored, Dense = dense,
        Head = new(HeadKind.Dense, $"{dense.Head.Family}; {string.Join("; ", dense.Reasons)}"),
        Maps = [.. dense.Head.Levels.Select(level => new GridSize(level.Width, level.Height))],
        AnchorsPerCell = [.. dense.Head.Levels.Select(level => level.Anchors)],
        Problems = [.. problems.Distinct().Where(problem => !problem.Contains("not clear from its structure")),
            .. dense.Sure ? Array.Empty<string>() :
            [
                $"What the numbers of boxes mean is what {dense.Head.Family} heads have; nothing in the file proves it. "
                + "Look at predictions of the untouched model first, or give the head by --head-file.",
            ]],
    };

    // Heads of maps that are decoded before they are joined: the trainer finds the maps itself.
    private static DetectorInspection Unclear(
        ModelSummary summary, ImageInput? input, ImageFront? front, HeadGuess? joined, List<string> problems)
    {
        var head = HeadGuess.Of(summary, 0, []) is { } guess && (joined is null || guess.Kind == joined.Kind)
            ? guess : joined;
        if (head is not null)
            problems.RemoveAll(problem => problem.Contains("not clear from its structure"));
        return new()
        {
            Model = summary, Input = input, Front = front, Head = head, Problems = [.. problems.Distinct()],
        };
    }

    // Rows of the box value are anchors of cells of maps; what is not laid out like that has no levels.
    private static (IReadOnlyList<GridSize>, IReadOnlyList<int>) Levels(
        OnnxModel model, HeadPair heads, ImageInput input, List<string> problems)
    {
        var names = Try(() => HeadMaps.Behind(model, heads.Boxes.Value), problems);
        if (names is null)
            return ([], []);
        var shapes = GraphReader.Read(model, new Graph(), names, new() { InputShapes = input.Shapes })
            .Select(value => value.Shape).ToList();
        var columns = (int)heads.Boxes.Shape![2];
        return shapes.All(shape => shape.Rank == 4 && shape[1] % columns == 0)
            && shapes.Sum(shape => shape.SizeOf(1..)) == heads.Boxes.Shape.SizeOf(1..)
            ? ([.. shapes.Select(shape => new GridSize((int)shape[3], (int)shape[2]))],
                [.. shapes.Select(shape => (int)shape[1] / columns)]) : ([], []);
    }

    private static T? Try<T>(Func<T?> find, List<string> problems) where T : class
    {
        try
        {
            return find();
        }
        catch (Exception error) when (error is ModelException or GraphException)
        {
            problems.Add(error.Message);
            return null;
        }
    }
}
