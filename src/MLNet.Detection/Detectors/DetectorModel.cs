using MLNet.Detection.Boxes;
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
public sealed record DetectorModel
{
    /// <summary>The whole model, post-processing included.</summary>
    public required OnnxModel Model { get; init; }

    /// <summary>
    /// Name of the raw class value, [batch, anchors, classes]: logits, before Softmax or Sigmoid. Where the head is
    /// read from several maps, the first with class logits.
    /// </summary>
    public required string ClassValue { get; init; }

    /// <summary>
    /// Name of the raw box value, [batch, anchors, 4]: deltas, before decoding. Where the head is read from several
    /// maps, the first with boxes.
    /// </summary>
    public required string BoxValue { get; init; }

    /// <summary>Names of the classes, without background.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>
    /// The anchors, in pixels of the network's input: one for each place that predicts. See
    /// <see cref="DetectionHead"/>.
    /// </summary>
    public required IReadOnlyList<Box> Anchors { get; init; }

    /// <summary>How pictures come to the network's size.</summary>
    public required ImageResize Resize { get; init; }

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

    /// <summary>From raw outputs to objects: activation, background column, box coder, thresholds.</summary>
    public DetectionDecoder Decoder { get; init; } = DetectionDecoder.Ssd;

    /// <summary>
    /// The head. By default SSD's where the decoder has a background column, else RetinaNet's.
    /// </summary>
    public DetectionHead Head
    {
        get => field ?? (Decoder.BackgroundClass is null ? new RetinaNetHead() : new SsdHead());
        init;
    }

    /// <summary>Name of the value that pictures enter by, planes [batch, 3, height, width].</summary>
    public string InputName => ImageValue ?? Model.Inputs[0].Name;

    /// <summary>Columns of the class value: the classes and, where there is one, the background.</summary>
    public int ClassColumns => Classes.Count + (Decoder.BackgroundClass is null ? 0 : 1);

    /// <summary>The class of a column of the class value, from 0.</summary>
    public int ClassOfColumn(int column) =>
        Decoder.BackgroundClass is { } background && column > background ? column - 1 : column;

    /// <summary>Names of the raw values that training and scoring cut the model at.</summary>
    public IReadOnlyList<string> RawValues => Head.Values(this);

    /// <summary>
    /// The part of the model that is trained and scored, for any batch size: from planes to raw values.
    /// </summary>
    internal OnnxModel Network() => BatchAxis.Open(ImageValue is null ? Model
        : Subgraph.Extract(Model, RawValues, new Dictionary<string, TypedShape>
        {
            [ImageValue] = new(ElementType.Float32, new(1, 3, Resize.Height, Resize.Width)),
        }), InputName, RawValues);

    /// <summary>Refuses a raw value that is not [B, anchors, columns].</summary>
    internal void Expect(string name, Var value, int columns)
    {
        var batch = value.Shape.Rank > 0 ? value.Shape[0] : 1;
        var expected = new TensorShape(batch, Anchors.Count, columns);
        if (value.Shape != expected)
            throw new ModelException(
                $"{Model.Path}: '{name}' is {value.Shape}; {Anchors.Count} anchors and {Classes.Count} classes need "
                + $"{expected}. Check the anchors and classes.");
    }

    /// <summary>Objects from probabilities [N, C] and boxes [N] in pixels of the network's input.</summary>
    internal DetectedObject[] Select(
        ReadOnlySpan<float> scores, ReadOnlySpan<Box> boxes, ReadOnlySpan<int> anchorsPerLevel = default) =>
        Decoder.Select(scores, boxes, boxes.Length, Resize.Width, Resize.Height, anchorsPerLevel);

    /// <summary>Writes the ONNX file with its metadata.</summary>
    public void Save(string path, bool externalData = false) => DetectorMetadata.Attach(this).Save(path, externalData);

    /// <summary>
    /// Writes an ONNX file of its own for deployment, from a picture to its objects: <c>pixels</c>, uint8
    /// [height, width, 3], red, green, blue, of any size, in; <c>boxes</c> [n, 4] in pixels of the picture, <c>scores</c> [n] and
    /// <c>labels</c>, Int64 [n] from 0, out. It cannot be trained or loaded again; keep the file of <see cref="Save"/>.
    /// </summary>
    /// <exception cref="ModelException">The head has no such form, or the file cannot be written.</exception>
    public void SaveEndToEnd(string path) => EndToEndModel.Of(this).Save(path);

    /// <summary>Reads a file that <see cref="Save"/> wrote.</summary>
    /// <exception cref="ModelException">The file is damaged or carries no such metadata.</exception>
    public static DetectorModel Load(string path) => DetectorMetadata.Read(OnnxModel.Load(path));
}
