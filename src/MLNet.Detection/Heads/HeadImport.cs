using MLNet.Detection.Anchors;
using MLNet.Detection.Boxes;
using MLNet.Detection.Images;
using MLNet.Detection.Inspection;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Heads;

/// <summary>A file on its way to a detector: what heads look their values up with.</summary>
/// <param name="Options">What the caller asked for.</param>
/// <param name="Model">The file.</param>
/// <param name="Input">Its image input.</param>
/// <param name="ClassOutput">Name of the output (or inner value) with the class scores, given or found.</param>
/// <param name="BoxOutput">Name of the output (or inner value) with the boxes, given or found.</param>
internal sealed record HeadImport(
    HeadRequest Options, OnnxModel Model, ImageInput Input, string ClassOutput, string BoxOutput)
{
    /// <summary>What was found on the way that is not as it should be, and does not stop the import.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>Anchors and coder behind the box output, where the way here found them; null where nothing looked.</summary>
    public TailAnchors? Tail { get; init; }

    /// <summary>Width of the network's input, pixels.</summary>
    public int Width => Input.Width;

    /// <summary>Height of the network's input, pixels.</summary>
    public int Height => Input.Height;

    /// <summary>The raw value behind a named output.</summary>
    public string Raw(string output) => HeadCut.Find(Model, output);

    /// <summary>Shapes of values for a batch of one picture.</summary>
    public IReadOnlyList<TensorShape> Shapes(params IReadOnlyList<string> values) =>
        [.. GraphReader.Read(Model, new Graph(), values, new() { InputShapes = InputShapes })
            .Select(value => value.Shape)];

    /// <summary>Sizes of the feature maps that a value is laid out from, in its order.</summary>
    public IReadOnlyList<GridSize> Maps(string value) =>
        [.. Shapes(HeadMaps.Behind(Model, value)).Select(shape => new GridSize((int)shape[3], (int)shape[2]))];

    /// <summary>Whether an output is made of convolutions' maps.</summary>
    public bool HasMaps(string output) => HeadMaps.Behind(Model, output).Count > 0;

    /// <summary>
    /// The maps [1, channels, height, width] behind an output, or behind several whose names are separated by commas.
    /// </summary>
    public IReadOnlyList<(string Name, TensorShape Shape)> MapsBehind(string outputs)
    {
        var names = outputs.Split(',', StringSplitOptions.TrimEntries)
            .SelectMany(output => HeadMaps.Behind(Model, output)).Distinct().ToList();
        return names.Count > 0 ? [.. names.Zip(Shapes(names))] : throw new ModelException(
            $"{Model.Path}: no convolution lies before '{outputs}'; name the output of the head.");
    }

    /// <summary>The same level by level: maps of one size, in the order in which the output joins them.</summary>
    public IReadOnlyList<IReadOnlyList<(string Name, TensorShape Shape)>> LevelsBehind(string outputs) =>
        [.. MapsBehind(outputs).GroupBy(map => (map.Shape[2], map.Shape[3])).Select(level => level.ToList())];

    /// <summary>The model with another number of classes in its maps; unchanged where it has that.</summary>
    /// <param name="maps">Maps whose channels hold, for each anchor, other columns and then the classes.</param>
    /// <param name="others">How many other columns.</param>
    /// <param name="classes">Classes that the file has.</param>
    public OnnxModel WithMapClasses(IReadOnlyList<string> maps, int others, int classes)
    {
        var kept = KeptClasses.Of(Options, Model, classes, Warnings);
        return classes == Options.Classes.Count && StayAsTheyAre(kept) ? Model
            : ColumnReplacement.Apply(Model, [.. maps.Select(map => new MapColumns(map, others + classes, others, classes))],
                Options.Classes.Count, InputShapes, new() { Seed = Options.Seed, Prior = 0.01f, Kept = kept ?? new Dictionary<int, int>() });
    }

    /// <summary>The model with a given number of columns in the raw class value; unchanged where it has them.</summary>
    /// <param name="classValue">The raw class value, columns on its last axis.</param>
    /// <param name="columns">How many are wanted.</param>
    /// <param name="prior">Probability that new sigmoid classes start with; null for softmax.</param>
    /// <param name="backgroundLast">Whether a column beyond the classes is the last one, not the first.</param>
    public OnnxModel WithClassColumns(string classValue, int columns, float? prior, bool backgroundLast = false)
    {
        return WithClassColumns(classValue, (int)Shapes(classValue)[0][-1], columns, prior, backgroundLast);
    }

    /// <summary>The same where the number of columns is known.</summary>
    public OnnxModel WithClassColumns(
        string classValue, int old, int columns, float? prior, bool backgroundLast, bool keepsTail = false)
    {
        var background = columns - Options.Classes.Count;
        var kept = KeptClasses.Of(Options, Model, old - background, Warnings);
        if (old == columns && StayAsTheyAre(kept))
            return Model;
        var (first, rows) = (backgroundLast ? 0 : background, new Dictionary<int, int>());
        foreach (var (label, source) in kept ?? new Dictionary<int, int>())
            rows[label + first] = source + first;
        // Beside classes that go on, "nothing here" goes on too.
        if (background == 1 && rows.Count > 0)
            rows[backgroundLast ? columns - 1 : 0] = backgroundLast ? old - 1 : 0;
        return HeadReplacement.Apply(Model, classValue, columns, InputShapes,
            new() { Seed = Options.Seed, Prior = prior, Kept = rows, KeepsTail = keepsTail });
    }

    /// <summary>The head in the file, with the decoder that is customary for it.</summary>
    public FoundHead Found(
        DetectionHead head, OnnxModel model, string classValue, string boxValue, IReadOnlyList<Box> anchors) =>
        new(head, model, classValue, boxValue, anchors, head.CustomaryDecoder,
            head.CustomaryPixels);

    /// <summary>Refuses a value of another shape.</summary>
    public void Expect(bool holds, string output, TensorShape found, string expected)
    {
        if (!holds)
            throw new ModelException(
                $"{Model.Path}: '{output}' comes from a value of shape {found}, expected {expected}.");
    }

    public bool StayAsTheyAre(IReadOnlyDictionary<int, int>? kept) =>
        kept is null || kept.Count == Options.Classes.Count && kept.All(pair => pair.Key == pair.Value);

    public IReadOnlyDictionary<string, TensorShape> InputShapes => Input.Shapes;
}
