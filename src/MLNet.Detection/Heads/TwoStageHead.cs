using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using MLNet.Detection.Boxes;
using MLNet.Detection.Images;
using MLNet.Detection.Matching;
using MLNet.Detection.Sampling;
using MLNet.Detection.Scoring;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Heads;

/// <summary>
/// Faster R-CNN and its relatives: anchors of feature maps propose regions, and a second stage classifies the regions
/// and
/// moves their boxes. A step runs the first stage, chooses regions here, and runs the rest; objects are found by the
/// file
/// itself, suppression included. Ren et al. 2015, https://arxiv.org/abs/1506.01497.
/// </summary>
public sealed record TwoStageHead : DetectionHead
{
    /// <summary>Names of the objectness logits of all anchors: joined, or level by level.</summary>
    public required IReadOnlyList<string> Objectness { get; init; }

    /// <summary>Names of the deltas of all anchors, likewise.</summary>
    public required IReadOnlyList<string> Deltas { get; init; }

    /// <summary>Anchors of each level of the first stage.</summary>
    public required IReadOnlyList<int> Places { get; init; }

    /// <summary>The maps that the second stage looks at.</summary>
    public required IReadOnlyList<RegionLevel> Levels { get; init; }

    /// <summary>Name of the regions in the file [R, 4], in pixels of the network's picture.</summary>
    public required string RegionValue { get; init; }

    /// <summary>Name of the features of all regions in the file.</summary>
    public required string Features { get; init; }

    /// <summary>Name of the value that the network's first layer reads [1, 3, height, width].</summary>
    public required string Planes { get; init; }

    /// <summary>Its width and height, pixels.</summary>
    public required int PlaneWidth { get; init; }

    /// <inheritdoc cref="PlaneWidth"/>
    public required int PlaneHeight { get; init; }

    /// <summary>Pixels of the network's picture for one of the file's input, across.</summary>
    public float ScaleX { get; init; } = 1;

    /// <summary>The same downwards.</summary>
    public float ScaleY { get; init; } = 1;

    /// <summary>Class columns of the second stage, background included.</summary>
    public required int ClassColumns { get; init; }

    /// <summary>Whether background is the last class column, not the first.</summary>
    public bool BackgroundLast { get; init; }

    /// <summary>The code of the anchors' deltas.</summary>
    public BoxCoder ProposalCoder { get; init; } = BoxCoder.RetinaNet;

    /// <summary>How proposals are chosen while training.</summary>
    public RegionProposals Proposals { get; init; } = new(2000, 2000);

    /// <summary>The file's outputs.</summary>
    public required DetectionOutputs FileOutputs { get; init; }

    /// <summary>Regions of a picture that a step learns, at most.</summary>
    [JsonIgnore]
    public int Regions { get; init; } = 512;

    /// <summary>The loss.</summary>
    [JsonIgnore]
    public TwoStageLoss Loss { get; init; } = new();

    /// <summary>Which anchor learns which object.</summary>
    [JsonIgnore]
    public Matcher AnchorMatcher { get; init; } = new ThresholdMatcher(0.7f, 0.3f);

    /// <summary>Which anchors a step learns.</summary>
    [JsonIgnore]
    public AnchorSampler AnchorSampler { get; init; } = new RandomSampler(256, 0.5);

    /// <summary>Which region learns which object.</summary>
    [JsonIgnore]
    public Matcher RegionMatcher { get; init; } = new ThresholdMatcher(0.5f, 0.5f, AllowLowQualityMatches: false);

    /// <summary>The most of the regions that may be objects, in [0, 1].</summary>
    [JsonIgnore]
    public double PositiveFraction { get; init; } = 0.25;

    /// <inheritdoc/>
    [JsonIgnore]
    public override HeadKind Kind => HeadKind.TwoStage;

    /// <inheritdoc/>
    public override string ToWords() => $"{Kind}: {Places.Sum()} anchors of {Places.Count} levels propose regions, a second "
        + $"stage looks at them on {Levels.Count} map{(Levels.Count == 1 ? "" : "s")}";

    internal override DetectionDecoder CustomaryDecoder => DetectionDecoder.FastRcnn with { ScoreThreshold = 0 };

    internal override Normalization? CustomaryPixels => Normalization.Unit;

    internal override string LossName => Loss.Name;

    internal override DetectionOutputs? Outputs => FileOutputs;

    internal override IReadOnlyList<string> Values(HeadFrame detector) =>
        [.. Objectness, .. Deltas, detector.ClassValue, detector.BoxValue];

    internal override OnnxModel? Network(HeadFrame detector, OnnxModel model, int batch)
    {
        var input = ImageInput.Read(model, (detector.Resize.Width, detector.Resize.Height));
        var planes = new TypedName(Planes, new(ElementType.Float32, new(1, 3, PlaneHeight, PlaneWidth)));
        return RegionNetwork.Build(model, new(input.Name, new(input.Type, input.Shape)), planes, Stage(detector),
            [.. Objectness, .. Deltas], batch, Regions);
    }

    /// <summary>Objectness [B, N, 1] and deltas [B, N, 4] of the anchors; class logits [B R, columns] and box deltas of
    /// the regions.</summary>
    internal override IReadOnlyList<Var> Tables(HeadFrame detector, IReadOnlyList<Var> values)
    {
        var (batch, count) = (values[0].Shape[0], Objectness.Count);
        Var Rows(IEnumerable<Var> levels, int columns) =>
            Op.Concat([.. levels.Select(level => Op.Reshape(level, batch, -1, columns))], 1);
        var (objectness, deltas) = (Rows(values.Take(count), 1), Rows(values.Skip(count).Take(Deltas.Count), 4));
        detector.Expect(Objectness[0], objectness, 1);
        detector.Expect(Deltas[0], deltas, 4);
        return [objectness, deltas, .. values.Skip(count + Deltas.Count)];
    }

    internal override TargetWriter Targets(HeadFrame detector)
    {
        Box[] anchors = [.. detector.Anchors];
        var columns = new BoxColumns(anchors);
        return (sample, _, classes, boxes) =>
        {
            var (matches, truths) = (new int[anchors.Length], Scaled(sample.Truths));
            AnchorMatcher.Match(truths, columns, matches, Scaled(sample.Ignored));
            AnchorSampler.Sample(matches, [], new Random(sample.Seed));
            ProposalCoder.EncodeMatches(truths, matches, anchors, MemoryMarshal.Cast<float, BoxDelta>(boxes));
            for (var i = 0; i < matches.Length; i++)
                classes[i] = Math.Min(matches[i], 0);
        };
    }

    internal override int PredictedTables => 2;

    internal override RegionChooser? Chooser(HeadFrame detector)
    {
        Box[] anchors = [.. detector.Anchors];
        var (width, height) = (detector.Resize.Width * ScaleX, detector.Resize.Height * ScaleY);
        var sampling = new RegionSampling(RegionMatcher, new RandomSampler(Regions, PositiveFraction),
            detector.Decoder.Coder, Levels);
        return (sample, predicted) =>
        {
            var boxes = new Box[anchors.Length];
            ProposalCoder.Decode(MemoryMarshal.Cast<float, BoxDelta>(predicted[1].Span), anchors, boxes);
            var proposals = Proposals.Select(boxes, predicted[0].Span, [.. Places], width, height);
            return sampling.Choose(proposals.Select(proposal => proposal.Box).Where(box => box.IsProper),
                Scaled(sample.Truths), sample.Classes, Scaled(sample.Ignored), new Random(~sample.Seed));
        };
    }

    internal override IReadOnlyDictionary<string, Var> Terms(
        HeadFrame detector, DetectionTargets targets, IReadOnlyList<Var> tables)
    {
        var (graph, regions, columns) = (tables[0].Graph, tables[2].Shape[0], new RegionColumns(BackgroundLast));
        var first = Loss.Proposals(Op.Reshape(tables[0], -1, 1), Op.Reshape(tables[1], -1, 4),
            Op.Reshape(targets.Classes, -1) + 1f, Op.Reshape(targets.Boxes, -1, 4));
        var second = Loss.Regions(columns.Classes(tables[2]), columns.Boxes(tables[3], tables[2].Shape[1]),
            graph.Input(RegionInputs.Labels, ElementType.Int64, new(regions)), graph.Input(RegionInputs.Targets, regions, 4),
            () => graph.Input(RegionInputs.Places, regions, 4), detector.Decoder.Coder);
        return first.Concat(second).ToDictionary();
    }

    internal override DetectedObject[] Decode(HeadFrame detector, IReadOnlyList<ReadOnlyMemory<float>> tables) =>
        throw new NotSupportedException("The file of a two-stage detector finds the objects itself.");

    internal override (Var Scores, Var Boxes) Predictions(HeadFrame detector, IReadOnlyList<Var> tables) =>
        throw new NotSupportedException("The file of a two-stage detector finds the objects itself.");

    internal override FoundHead Import(HeadImport import)
    {
        var columns = import.Options.Classes.Count + 1;
        OnnxModel Changed(bool keepsTail) => import.WithClassColumns(
            import.ClassOutput, ClassColumns, columns, null, BackgroundLast, keepsTail);
        OnnxModel model;
        try
        {
            model = Changed(keepsTail: true);
        }
        catch (ModelException)
        {
            // The tail spells the number of classes out.
            model = Changed(keepsTail: false);
        }
        var found = import.Found(this with { ClassColumns = columns }, model, import.ClassOutput,
            import.BoxOutput, import.Options.Anchors!);
        return found with
        {
            Decoder = found.Decoder with { Coder = import.Options.Coder ?? found.Decoder.Coder, BackgroundClass = 0 },
        };
    }

    /// <summary>Regions for a map: those that belong to it; the others lie far from it, where all features are
    /// 0.</summary>
    internal Box[] RegionsOf(int level, Box[] regions) => Array.ConvertAll(regions,
        region => RegionLevel.Of(Levels, region) == level ? region : ChosenRegions.Elsewhere);

    private RegionStage Stage(HeadFrame detector) => new([.. Levels.Select(level => new RegionPool(level.Value, level.Map))],
        RegionValue, Features, detector.ClassValue, detector.BoxValue);

    private Box[] Scaled(Box[] boxes) => Array.ConvertAll(boxes, box => box.Scale(ScaleX, ScaleY));
}
