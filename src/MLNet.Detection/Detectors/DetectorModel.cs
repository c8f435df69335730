using MLNet.Detection.Heads;
using MLNet.Detection.Scoring;
using OnnxGraphs.Models;

namespace MLNet.Detection.Detectors;

/// <summary>
/// A detector as training and scoring need it: the ONNX file and what the file itself does not say. Saved, all of it
/// stands in the file's metadata, so that the one file is enough to go on from.
/// </summary>
public sealed record DetectorModel : HeadFrame
{
    /// <summary>
    /// The head. By default SSD's where the decoder has a background column, else RetinaNet's.
    /// </summary>
    public DetectionHead Head
    {
        get => field ?? (Decoder.BackgroundClass is null ? new RetinaNetHead() : new SsdHead());
        init;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> RawValues => Head.Values(this);

    /// <summary>The largest learning rate that suits it under AdamW, for runs that are given none: 0.001; set predictions 0.0002, networks of less than 100 thousand weights 0.002, and such with layers of tiny
    /// weights 0.00005.</summary>
    public float CustomaryLearningRate => ImportedRate ?? CustomaryRate.Of(Model, Head.Kind == HeadKind.Detr).Rate;

    /// <summary>That of the file that was imported: layers of classes that are drawn anew say nothing of what the others bear. Null:
    /// by the weights as they are.</summary>
    internal float? ImportedRate { get; init; }

    internal override OnnxModel Network(int batch) => Head.Network(this, Model, batch) ?? base.Network(batch);

    /// <summary>Writes the ONNX file with its metadata.</summary>
    public void Save(string path, bool externalData = false) => DetectorMetadata.Attach(this).Save(path, externalData);

    /// <summary>Reads a file that <see cref="Save"/> wrote.</summary>
    /// <exception cref="ModelException">The file is damaged or carries no such metadata.</exception>
    public static DetectorModel Load(string path) => DetectorMetadata.Read(OnnxModel.Load(path));
}
