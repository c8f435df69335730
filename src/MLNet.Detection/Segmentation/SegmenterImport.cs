using MLNet.Detection.Heads;
using MLNet.Detection.Images;
using MLNet.Detection.Networks;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Quantization;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Segmentation;

/// <summary>
/// From an exported ONNX file with a map of scores to a network that can be trained: which output, what its numbers
/// mean,
/// how many classes.
/// </summary>
public sealed record SegmenterImport : NetworkImport
{
    /// <summary>Name of the output (or inner value) with the map; an activation or ArgMax on it is stepped over. Null:
    /// the
    /// output that is a map.</summary>
    public string? MapOutput { get; init; }

    /// <summary>What turns scores into probabilities. Null: the activation behind the scores; where there is none,
    /// sigmoid
    /// for one channel, softmax for several.</summary>
    public MapActivation? Activation { get; init; }

    /// <summary>Whether the first channel is background. Null: of a softmax it is, of sigmoids none is.</summary>
    public bool? HasBackground { get; init; }

    /// <summary>Whether pictures keep their own scale. Null: they are brought to the network's size, but for networks
    /// whose
    /// map shows only the middle of the picture, which need it.</summary>
    public Tiling? Tiling { get; init; }

    /// <summary>Imports a file.</summary>
    /// <exception cref="ModelException">The file cannot be read or does not fit; the message says what to
    /// change.</exception>
    /// <exception cref="ArgumentException">There are no classes, or two of one name.</exception>
    public SegmenterModel Load(string path) => Apply(OnnxModel.Load(path));

    /// <summary>Imports a model.</summary>
    /// <inheritdoc cref="Load"/>
    public SegmenterModel Apply(OnnxModel model)
    {
        CheckClasses();
        model = TiedWeights.Untie(FileForm.Open(model, ImageSize));
        var input = ImageInput.Read(model, ImageSize, orGrey: true);
        CheckSize(model, input);
        var cut = Cut(model, input);
        var activation = Activation ?? MapMeaning.ActivationOf(cut);
        var background = HasBackground ?? activation == MapActivation.Softmax;
        var warnings = new List<string>();
        model = WithClasses(model, input, cut, activation, background, warnings);
        // A choice of channels by number knows nothing of other classes.
        if (cut.WithoutFirst)
            Plain(model, MapCut.At(model, cut.Output, input.Shapes, input.Width, input.Height) ?? cut);
        var front = ImageFront.Read(model, input, [cut.Value]);
        var pixels = PixelsOf(model, front, null);
        var crops = MapMeaning.Crops(model, input, cut);
        return new()
        {
            Model = model, ScoresWholeNumbers = IntegerForm.IsOpen(model), Classes = Classes, MapValue = cut.Value,
            ChannelsLast = cut.ChannelsLast, Activation = activation, BackgroundChannel = background ? 0 : null,
            Crops = crops, Tiling = Tiling ?? (crops ? new() : null),
            Resize = new(input.Width, input.Height, ResizeMode),
            ImageValue = front.Value == input.Name ? null : front.Value,
            Normalization = front.Behind(pixels), InputNormalization = front.Normalizes ? pixels : null,
            Warnings = [.. warnings.Distinct()],
        };
    }

    private MapCut Cut(OnnxModel model, ImageInput input)
    {
        if (MapOutput is { } named)
            return Plain(model, MapCut.At(model, named, input.Shapes, input.Width, input.Height) ?? throw new ModelException(
                $"{model.Path}: '{named}' is no map of scores [batch, channels, height, width] or [batch, height, width, "
                + "channels] over the picture; name the output that is."));
        var maps = MapMeaning.Maps(model, input);
        return maps.Count > 0 ? Plain(model, maps[0]) : throw new ModelException(
            $"{model.Path}: no output is a map of scores [batch, channels, height, width] or [batch, height, width, "
            + $"channels] over the picture; the outputs are {string.Join(", ", model.OutputNames)}. Name an inner value that "
            + "is (MapOutput, or --map-output).");
    }

    // What changes probabilities behind their activation would stay in the file, and means another thing than is learnt.
    private static MapCut Plain(OnnxModel model, MapCut cut) => cut.Obstacle is not { } obstacle ? cut : throw new ModelException(
        $"{model.Path}: '{cut.Output}' is not what its {cut.Activation} gives: {obstacle}. {MapMeaning.Remedy(cut)}");

    private OnnxModel WithClasses(OnnxModel model, ImageInput input, MapCut cut, MapActivation activation, bool background,
        List<string> warnings)
    {
        var first = background ? 1 : 0;
        var wanted = Classes.Count + first;
        var kept = KeptClasses.Of(this, model, cut.Channels - first, warnings);
        var stays = kept is null || kept.Count == Classes.Count && kept.All(pair => pair.Key == pair.Value);
        if (wanted == cut.Channels && stays)
            return model;
        if (cut.Layer is null)
            throw new ModelException($"{model.Path}: '{cut.Value}' has {cut.Channels} channels, {Classes.Count} classes need "
                + $"{wanted}; its last layer is no convolution whose channels could be changed. Export it with {wanted}.");
        var rows = (kept ?? new Dictionary<int, int>()).ToDictionary(pair => pair.Key + first, pair => pair.Value + first);
        // Beside classes that go on, "nothing here" goes on too.
        if (background && rows.Count > 0)
            rows[0] = 0;
        return ColumnReplacement.Apply(model, [new(cut.Layer, cut.Channels, 0, cut.Channels)], wanted, input.Shapes,
            new() { Seed = Seed, Kept = rows, Prior = activation == MapActivation.Sigmoid ? 0.1f : null });
    }
}
