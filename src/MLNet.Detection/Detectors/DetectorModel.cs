using MLNet.Detection.Boxes;
using MLNet.Detection.Heads;
using MLNet.Detection.Images;
using MLNet.Detection.Scoring;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Detectors;

/// <summary>
/// A detector as training and scoring need it: the ONNX file and what the file itself does not say. Saved, all of it
/// stands in the file's metadata, so that the one file is enough to go on from.
/// </summary>
public sealed record DetectorModel : HeadFrame
{
    /// <summary>The whole model, post-processing included.</summary>
    public required OnnxModel Model { get; init; }

    internal override string Path => Model.Path;

    /// <summary>What the network expects of its pixels at <see cref="InputName"/>.</summary>
    public Normalization Normalization { get; init; } = Normalization.Centered;

    /// <summary>
    /// Name of the value that pictures enter by, planes [batch, 3, height, width], where the file's own preparation of
    /// its input (normalisation, layout, a missing batch axis) is stepped over. Null: the input itself.
    /// </summary>
    public string? ImageValue { get; init; }

    /// <summary>
    /// What the file's own input takes, for programs that run the file without this library. Null: as
    /// <see cref="Normalization"/> says, since nothing lies between.
    /// </summary>
    public Normalization? InputNormalization { get; init; }

    /// <summary>
    /// The head. By default SSD's where the decoder has a background column, else RetinaNet's.
    /// </summary>
    public DetectionHead Head
    {
        get => field ?? (Decoder.BackgroundClass is null ? new RetinaNetHead() : new SsdHead());
        init;
    }

    /// <summary>
    /// Whether a file of whole numbers (dynamic quantisation) is scored in them, as its programs run it, one picture at a
    /// time; else in the floats that it is trained in. What <see cref="Load"/> reads of such a file is.
    /// </summary>
    public bool ScoresWholeNumbers { get; init; }

    /// <summary>What the import found that is not as it should be, such as a list of class names that does not fit the
    /// head; a trainer logs it.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Name of the value that pictures enter by, planes [batch, 3, height, width].</summary>
    public string InputName => ImageValue ?? Model.Inputs[0].Name;

    /// <summary>Names of the raw values that training and scoring cut the model at.</summary>
    public IReadOnlyList<string> RawValues => Head.Values(this);

    /// <summary>
    /// The part of the model that is trained and scored, for a batch size: from planes to raw values.
    /// </summary>
    /// <exception cref="ModelException">A batch of one picture is built into the file, and cannot be freed.</exception>
    internal OnnxModel Network(int batch)
    {
        if (Head.Network(this, Model, batch) is { } own)
            return own;
        var part = ImageValue is null ? Model : Subgraph.Extract(Model, RawValues, new Dictionary<string, TypedShape>
        {
            [ImageValue] = new(ElementType.Float32, new(1, 3, Resize.Height, Resize.Width)),
        });
        return batch == 1 ? part : BatchAxis.Open(part, InputName, RawValues);
    }

    /// <summary>The largest batch up to a size that the file can be brought to: that size, or 1.</summary>
    internal int Batch(int wanted)
    {
        try
        {
            _ = Network(wanted);
            return wanted;
        }
        catch (ModelException) when (wanted > 1)
        {
            return 1;
        }
    }

    /// <summary>Writes the ONNX file with its metadata.</summary>
    public void Save(string path, bool externalData = false) => DetectorMetadata.Attach(this).Save(path, externalData);

    /// <summary>Reads a file that <see cref="Save"/> wrote.</summary>
    /// <exception cref="ModelException">The file is damaged or carries no such metadata.</exception>
    public static DetectorModel Load(string path) => DetectorMetadata.Read(OnnxModel.Load(path));
}
