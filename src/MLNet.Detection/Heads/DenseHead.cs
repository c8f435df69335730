using System.Text.Json.Serialization;
using MLNet.Detection.Boxes;
using MLNet.Detection.Images;
using MLNet.Detection.Scoring;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;

namespace MLNet.Detection.Heads;

/// <summary>
/// A head by its description: levels of maps, where each holds class logits, boxes and objectness, and what the numbers
/// mean. Loss and matching follow from it: with an objectness SimOTA and YOLOX's loss, without one task alignment and
/// YOLOv8's, for deltas of anchors those of SSD or RetinaNet. Maps are read where the layers give them, so that it does
/// not matter how a file lays them out. An anchor is the place's box, or the square of a stride around its point.
/// </summary>
public sealed record DenseHead : DetectionHead
{
    /// <summary>The levels, in the order of the places.</summary>
    public IReadOnlyList<HeadLevel> Levels { get; init; } = [];

    /// <summary>What the numbers of a box mean.</summary>
    public BoxCode Code { get; init; } = new DistanceCode();

    /// <summary>How scores come from logits.</summary>
    public ScoreCode Score { get; init; } = new();

    /// <summary>Where in its cell a point lies, as a part of the stride: 0 or 0.5.</summary>
    public float PointOffset { get; init; } = 0.5f;

    /// <summary>Whether each object is learnt by one place alone and none is suppressed, as files need that choose their best
    /// rows without suppression: YOLOv10, https://arxiv.org/abs/2405.14458</summary>
    public bool OneToOne { get; init; }

    /// <summary>Whether classes are heat maps: a place counts where none around it has a greater score, and none is suppressed
    /// beside that. CenterNet, https://arxiv.org/abs/1904.07850</summary>
    public bool Peaks { get; init; }

    /// <summary>What the head is known as, for reports: "SCRFD".</summary>
    public string Family { get; init; } = "dense head";

    /// <summary>What pictures files of the family take; null where that is not known.</summary>
    [JsonIgnore]
    public Normalization? Pixels { get; init; }

    /// <summary>Losses and matchers. They are not saved.</summary>
    [JsonIgnore]
    public DenseTraining Training { get; init; } = new();

    /// <inheritdoc/>
    [JsonIgnore]
    public override HeadKind Kind => HeadKind.Dense;

    /// <inheritdoc/>
    public override string ToWords() => $"{Family}: {Levels.Count} level{(Levels.Count == 1 ? "" : "s")}, {Code.Words}; "
        + $"score {Score.Words(HasObjectness)}"
        + (OneToOne ? "; one place an object, none suppressed" : "");

    internal override DetectionDecoder CustomaryDecoder => Anchored is { } anchored
        ? anchored.CustomaryDecoder with { Coder = ((DeltaCode)Code).Coder }
        : OneToOne || Peaks ? DetectionDecoder.Yolo with { IouThreshold = 1 } : DetectionDecoder.Yolo;

    internal override Normalization? CustomaryPixels => Pixels;

    internal override string LossName => Anchored?.LossName
        ?? (Peaks ? nameof(CenterNetLoss) : HasObjectness ? nameof(YoloxLoss) : nameof(Yolov8Loss));

    internal override bool MatchesPredictions => Anchored is null && !Peaks;

    internal override bool AveragesImages => Anchored?.AveragesImages ?? false;

    internal override int BoxTargetColumns(HeadFrame detector) =>
        Peaks ? 4 + detector.Classes.Count : Anchored is null && !HasObjectness ? 5 : 4;

    /// <summary>Whether places have an objectness of their own.</summary>
    internal bool HasObjectness => Levels.Count > 0 && Levels[0].Objectness is not null;

    /// <summary>The head that learns deltas of anchors as deltas, without a look at the predictions; null for other
    /// codes.</summary>
    internal AnchorHead? Anchored => Code is not DeltaCode ? null
        : Score.Background ? new SsdHead { Loss = Training.Anchored } : new RetinaNetHead { Loss = Training.Anchored };

    /// <summary>Names of the maps.</summary>
    internal IReadOnlyList<string> Maps => [.. Levels.SelectMany(level => level.Slices).Select(slice => slice.Map).Distinct()];

    internal override IReadOnlyList<string> Values(HeadFrame detector) => Maps;

    internal override IReadOnlyList<string> ClassValues(HeadFrame detector) =>
        [.. Levels.Select(level => level.Classes.Map).Distinct()];

    internal override (float Class, float Objectness) ScorePowers => (Score.ClassPower, Score.ObjectnessPower);

    // Corners in pixels, class logits, then objectness logits and raw numbers of the box; anchored: logits and deltas.
    internal override IReadOnlyList<Var> Tables(HeadFrame detector, IReadOnlyList<Var> values)
    {
        var maps = Values(detector).Zip(values).ToDictionary(pair => pair.First, pair => pair.Second);
        var (logits, raw) = (Table(maps, level => level.Classes), Boxes(maps));
        detector.Expect(Levels[0].Classes.Map, logits, detector.ClassColumns);
        detector.Expect(Levels[0].Boxes.Map, raw, Code.Columns);
        if (Anchored is not null)
            return [logits, raw];
        var corners = Code.Corners(raw, Places(detector, raw.Graph));
        return [corners, logits, .. HasObjectness ? [Table(maps, level => level.Objectness!)] : Array.Empty<Var>(),
            .. Code is DistributionCode ? [raw] : Array.Empty<Var>()];
    }

    internal override PlaceValues Taught(HeadFrame detector, IReadOnlyList<Var> tables) =>
        Anchored?.Taught(detector, tables) ?? new(tables[1], Score.Softmax, detector.InPlaces(tables[0]))
        {
            Objectness = HasObjectness ? tables[2] : null,
        };

    internal override TargetWriter Targets(HeadFrame detector) => Anchored?.Targets(detector)
        ?? (Peaks ? Training.ByCentre(this, detector) : HasObjectness ? Training.ByObjectness(this, detector) : Training.ByAlignment(this, detector));

    internal override IReadOnlyDictionary<string, Var> Terms(
        HeadFrame detector, DetectionTargets targets, IReadOnlyList<Var> tables) =>
        Anchored?.Terms(detector, targets, tables) ?? (Peaks
            ? Training.CentreTerms(targets, tables, Places(detector, tables[0].Graph))
            : HasObjectness
            ? Training.ObjectnessTerms(this, targets, tables)
            : Training.AlignmentTerms(this, targets, tables, Places(detector, tables[0].Graph)));

    internal override DetectedObject[] Decode(HeadFrame detector, IReadOnlyList<ReadOnlyMemory<float>> tables)
    {
        if (Anchored is { } anchored)
            return anchored.Decode(detector, tables);
        var (classes, scores) = (detector.Classes.Count, Score.Probabilities(tables[1].Span, detector.Classes.Count));
        for (var i = 0; i < scores.Length; i++)
        {
            var p = Score.ClassPower == 1 ? scores[i] : MathF.Pow(scores[i], Score.ClassPower);
            scores[i] = !HasObjectness ? p
                : p * MathF.Pow(ClassScores.Sigmoid(tables[2].Span[i / classes]), Score.ObjectnessPower);
        }
        if (Peaks)
            HeatPeaks.Keep(Levels, scores, classes);
        return detector.Select(scores, BoxConversion.ToBoxes(tables[0].Span, BoxFormat.Xyxy),
            [.. Levels.Select(level => level.Places)]);
    }

    internal override DetectionHead OfAllPlaces => this with { Peaks = false };

    internal override (Var Scores, Var Boxes) Predictions(HeadFrame detector, IReadOnlyList<Var> tables)
    {
        if (Anchored is { } anchored)
            return anchored.Predictions(detector, tables);
        var scores = Score.Scores(tables[1], HasObjectness ? tables[2] : null);
        return (Op.Squeeze(Peaks ? HeatPeaks.Of(Levels, scores) : scores, 0), Op.Squeeze(tables[0], 0));
    }

    internal override IReadOnlyList<int> PlacesPerLevel(HeadFrame detector) => [.. Levels.Select(level => level.Places)];

    internal override IReadOnlyList<(int Cells, int Anchors)> Layout(HeadFrame detector) =>
        [.. Levels.Select(level => (level.Width * level.Height, level.Anchors))];

    internal override IReadOnlyList<string> GridMaps(HeadFrame detector) =>
        [.. Levels.Select(level => level.Classes.Map)];

    internal override DetectionHead Over(IReadOnlyList<Anchors.GridSize> maps) => this with
    {
        Levels = [.. Levels.Zip(maps, (level, map) => level with { Width = map.Width, Height = map.Height })],
    };

    internal override bool FitsAnchors(int anchors) =>
        Levels.Count > 0 && Levels.Sum(level => (long)level.Places) == anchors;

    internal override FoundHead Import(HeadImport import) => Levels.Count > 0 ? DenseImport.Import(this, import)
        : throw new ModelException($"{import.Model.Path}: the head is described without levels; give them, or leave "
            + "the head to be found in the file.");

    /// <summary>The strides of the places' levels.</summary>
    internal IReadOnlyList<(float X, float Y)> Strides(int width, int height) => [.. Levels.SelectMany(level =>
        Enumerable.Repeat(Stride(width, height, level), level.Places))];

    /// <summary>The stride of a level.</summary>
    internal static (float X, float Y) Stride(int width, int height, HeadLevel level) =>
        Anchors.LevelAnchors.StrideOf(width, height, new(level.Width, level.Height));

    /// <summary>Squares of a stride around the points of all cells, for each anchor.</summary>
    internal IReadOnlyList<Box> Points(int width, int height)
    {
        var boxes = new List<Box>();
        foreach (var level in Levels)
        {
            var (x, y) = Stride(width, height, level);
            for (var row = 0; row < level.Height; row++)
                for (var column = 0; column < level.Width; column++)
                    boxes.AddRange(Enumerable.Repeat(Box.FromCxcywh(
                        (column + PointOffset) * x, (row + PointOffset) * y, x, y), level.Anchors));
        }
        return boxes;
    }

    /// <summary>Corners [1, N, 4] of maps by name, for points without anchors.</summary>
    internal Var Corners(IReadOnlyDictionary<string, Var> maps, int width, int height) =>
        Corners(maps, Points(width, height), width, height);

    /// <summary>The same with anchors.</summary>
    internal Var Corners(
        IReadOnlyDictionary<string, Var> maps, IReadOnlyList<Box> anchors, int width, int height)
    {
        var raw = Boxes(maps);
        return Code.Corners(raw, Places(raw.Graph, anchors, width, height));
    }

    private Var Boxes(IReadOnlyDictionary<string, Var> maps)
    {
        var boxes = Table(maps, level => level.Boxes);
        return Levels[0].Shifts is null ? boxes : Op.Concat([boxes, Table(maps, level => level.Shifts!)], 2);
    }

    private Var Table(IReadOnlyDictionary<string, Var> maps, Func<HeadLevel, ChannelSlice> slice) => Op.Concat(
        [.. Levels.Select(level => slice(level).Rows(maps[slice(level).Map], level.Anchors))], 1);

    private PlaceTable Places(HeadFrame detector, Graph graph) =>
        Places(graph, detector.Anchors, detector.Resize.Width, detector.Resize.Height);

    private PlaceTable Places(Graph graph, IReadOnlyList<Box> anchors, int width, int height) =>
        new(graph, anchors, Strides(width, height), (width, height))
        {
            Gains = Levels.Any(level => level.Gain is null) ? null
                : [.. Levels.SelectMany(level => Enumerable.Repeat(level.Gain!.Value, level.Places))],
        };
}
