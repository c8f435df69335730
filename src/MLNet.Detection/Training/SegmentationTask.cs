using Microsoft.ML;
using MLNet.Detection.Augmentation;
using MLNet.Detection.Data;
using MLNet.Detection.Heads;
using MLNet.Detection.Images;
using MLNet.Detection.Masks;
using MLNet.Detection.Networks;
using MLNet.Detection.Segmentation;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Ops;
using OnnxGraphs.Runtime;

namespace MLNet.Detection.Training;

/// <summary>Classes of pixels: the targets of a step are the channel of each pixel of its map, and what it
/// weighs.</summary>
internal class SegmentationTask(SegmentationTrainer.Options options) : TrainingTask
{
    private const string Labels = "targets/labels", Weights = "targets/weights";

    private readonly SegmenterModel _model = options.Segmenter;
    private readonly Loss _loss = options.Loss ?? MapLoss.Customary(options.Segmenter.Activation);
    private readonly PixelCount _pixels = new();
    private (int Width, int Height) _map;

    public override PictureNetwork Model => _model;

    public override string LossName => string.Join(" + ", MapLoss.Terms(_loss, _model.Activation)
        .Select(term => FormattableString.Invariant($"{term.Weight:0.###} {MapLoss.NameOf(term.Loss)}")))
        + (options.Border is { } border ? FormattableString.Invariant($", border {border.Height} {border.Sigma}") : "")
        + (options.Balance == ClassBalance.None ? "" : $", {options.Balance}") + (options.PartObjects ? ", objects parted" : "")
        + (options.Teacher is { } teacher ? $", {teacher.ToWords()}" : "");

    public override IEnumerable<SampleRow> Rows(IDataView view, List<string> skipped, RankShare share) =>
        MaskReader.Rows(view, options.Columns, _model.Classes, skipped, share);

    public override (ResizedImage Image, LabelMap? Labels) Fit(SampleRow row, ImageDecoder decoder)
    {
        var (image, map) = _model.Tiling is null ? (row.Image.Resized(decoder, _model.Resize), row.Map!.Fitted(_model.Resize))
            : Whole(row, decoder);
        map = Weighted(options.PartObjects ? TouchingObjects.Part(map) : map);
        _pixels.Add(map, _model);
        return (image, map);
    }

    /// <summary>A picture in its own size.</summary>
    protected static (ResizedImage Image, LabelMap Labels) Whole(SampleRow row, ImageDecoder decoder)
    {
        var image = row.Image.Decode(decoder);
        return (new(image, new(1, 1, 0, 0)) { Original = (image.Width, image.Height) }, row.Map!);
    }

    public override LabeledPicture Frame(LabeledPicture picture, Random random)
    {
        if (_model.Tiling is null)
            return base.Frame(picture, random);
        var (width, height) = (_model.Resize.Width, _model.Resize.Height);
        var left = random.Next(Math.Max(0, picture.Image.Width - width) + 1);
        var top = random.Next(Math.Max(0, picture.Image.Height - height) + 1);
        return PictureWindow.Cut(picture, left, top, width, height);
    }

    public override void Check(string source, IReadOnlyList<Sample> samples, IReadOnlyList<DatasetProblem> problems,
        bool toLearn)
    {
        if (samples.Count == 0)
            throw new DatasetException(source, "", "there is no picture with a mask", "Check the folders of pictures and masks.");
        if (toLearn && _pixels.Classes(_model).All(count => count == 0))
            throw new DatasetException(source, "", $"no pixel of {samples.Count} pictures shows a class: all are background, or do "
                + "not count", "The masks are empty, or their numbers are others than those of the classes.");
    }

    public override IEnumerable<string> Warnings(IDataView data, IDataView? validation)
    {
        foreach (var (i, count) in _pixels.Classes(_model).Index())
            if (count == 0)
                yield return $"No pixel of the training data shows the class '{_model.Classes[i]}'; it cannot be learnt.";
        if (validation is not null && MaskReader.Classes(validation, options.Columns, _model.Classes).Warning is { } warning)
            yield return warning;
    }

    // Which pixels count, and how much.
    public override bool LossNeedsData => true;

    public override IReadOnlyDictionary<string, Var> Loss(Graph graph, IReadOnlyList<Var> values)
    {
        var map = _model.Map(values[0]);
        var (batch, height, width) = (map.Shape[0], map.Shape[2], map.Shape[3]);
        _map = ((int)width, (int)height);
        var labels = graph.Input(Labels, ElementType.Int64, new(batch, height, width));
        var softmax = _model.Activation == MapActivation.Softmax;
        var target = softmax ? Op.Max(labels, labels.Like(0)) : Members(labels);
        var ignore = HasIgnored ? Spread(Op.Less(labels, labels.Like(0)), target) : null;
        var border = options.Border is null ? null : graph.Input(Weights, batch, height, width);
        var balance = options.Balance == ClassBalance.None ? null
            : Op.Gather(graph.Constant(Tensor.Vector<float>(_pixels.Balance(options.Balance, _model))),
                Op.Max(labels, labels.Like(0)));
        var terms = new Dictionary<string, Var>();
        foreach (var (weight, loss) in MapLoss.Terms(_loss, _model.Activation))
        {
            // Added maps stand as they are; others weigh beside the 1 of each pixel.
            var factor = border is null ? null : loss is AddedWeightLoss ? border : 1f + border;
            factor = balance is null || loss is AddedWeightLoss ? factor : factor is null ? balance : factor * balance;
            var inputs = new LossInputs { Ignore = ignore, Weight = factor is null ? null : Spread(factor, target) };
            var value = Op.Reshape(loss.Of(map, target, inputs), 1);
            terms[Unused(terms, MapLoss.NameOf(loss))] = weight == 1 ? value : weight * value;
        }
        if (options.Teacher is { } teacher)
            terms["teacher_map"] = teacher.Term(_model, map);
        return terms;
    }

    public override void Clear(Batch batch, int place)
    {
        if (options.Teacher is not null)
            ShownPlaces.Write(batch, place, shown: false);
        batch.Part<long>(Labels, place).Fill(-1);
        if (options.Border is not null)
            batch.Part<float>(Weights, place).Clear();
    }

    public override void Prepare(Batch batch, int image, RgbImage picture)
    {
        if (options.Teacher is not null)
            ShownPlaces.Write(batch, image, shown: true);
        var map = Seen(batch.Samples[image].Map!);
        var labels = batch.Part<long>(Labels, image);
        // Background of a map of sigmoids is no channel at all.
        var nothing = _model.Activation == MapActivation.Sigmoid && _model.BackgroundChannel is null ? _model.Channels : -1;
        for (var i = 0; i < labels.Length; i++)
            labels[i] = map.Classes[i] == 0 && nothing >= 0 ? nothing : _model.ChannelOf(map.Classes[i]);
        if (options.Border is not null)
            map.Weights.CopyTo(batch.Part<float>(Weights, image));
    }

    public override void Score(TrainingOptions _, Device device)
    {
        using var segmenter = new Segmenter(_model, options.Slices.Places, device);
        segmenter.Segment([.. Enumerable.Repeat(_model.BlackPicture, segmenter.BatchSize)]);
    }

    public override ValidationRun Validation(IDataView data, TrainingOptions _, Device device, CacheBudget budget) =>
        new SegmentationValidation(data, options, device, budget);

    // Whether pixels may not count: those of the data, of pictures that changes moved, of a batch that is not full.
    private bool HasIgnored => _pixels.HasIgnored || options.IsParted || _pixels.Pictures % options.BatchSize != 0
        || options.Mix is not null
        || options.Augmentations.Any(change => change is not (HorizontalFlip or VerticalFlip or RandomTurn or RandomCrop
            or ColorJitter));

    private LabelMap Weighted(LabelMap map)
    {
        if (options.Border is not { } border)
            return map;
        long[] cells = map.Instances is { } objects ? [.. objects.Select(number => (long)number)]
            : [.. ConnectedComponents.Of(map.Classes, map.Width, map.Height).Numbers.Select(number => (long)number)];
        var weights = (border with { BackgroundOnly = false }).Of(cells, map.Height, map.Width);
        for (var i = 0; i < weights.Length && border.BackgroundOnly; i++)
            weights[i] = map.Classes[i] == 0 ? weights[i] : 0;
        return map with { Weights = weights };
    }

    // The part of the network's picture that its map shows, in the map's size.
    private LabelMap Seen(LabelMap map) => !_model.Crops ? map.Resized(_map.Width, _map.Height)
        : map.Window((map.Width - _map.Width) / 2, (map.Height - _map.Height) / 2, _map.Width, _map.Height);

    // [B, h, w] of channels as [B, C, h, w] of 0 and 1.
    private Var Members(Var labels)
    {
        var channels = labels.Graph.Constant(Tensor.Of<long>(new(1, _model.Channels, 1, 1),
            [.. Enumerable.Range(0, _model.Channels).Select(c => (long)c)]));
        return Op.Cast(Op.Equal(Op.Unsqueeze(labels, 1), channels), ElementType.Float32);
    }

    // [B, h, w] for each element of the target.
    private static Var Spread(Var value, Var target) => target.Shape.Rank == 3 ? value
        : target.Shape[1] == 1 ? Op.Unsqueeze(value, 1) : Op.Expand(Op.Unsqueeze(value, 1), target.Shape);

    private static string Unused(Dictionary<string, Var> terms, string name)
    {
        var unused = name;
        for (var i = 2; terms.ContainsKey(unused); i++)
            unused = $"{name}_{i}";
        return unused;
    }
}
