using MLNet.Detection.Detectors;
using MLNet.Detection.Images;
using MLNet.Detection.Interop;
using MLNet.Detection.Scoring;
using OnnxGraphs.Runtime;

namespace MLNet.Detection.Estimators;

/// <summary>The detector that an ML.NET model file carries as text; it is prepared once, for the first row.</summary>
internal sealed class SavedScorer
{
    private readonly Lock _preparing = new();
    private PictureScorer<ResizedImage, DetectedObject[]>? _scorer;
    private IReadOnlyList<string> _classes = [];

    /// <summary>The ONNX file with its metadata and the way that pictures are decoded, in base 64.</summary>
    public static string ToText(DetectorModel model, ImageDecoderOptions decoding) =>
        SavedFile.ToText(DetectorMetadata.Attach(model), decoding);

    /// <summary>The objects of a picture, and the names of the classes.</summary>
    /// <exception cref="UnreadableImageException">It cannot be read.</exception>
    public (IReadOnlyList<string> Classes, DetectedObject[] Found) Score(
        ReadOnlyMemory<char> file, Func<RowPicture> picture)
    {
        PictureScorer<ResizedImage, DetectedObject[]> scorer;
        lock (_preparing)
            scorer = _scorer ??= Prepare(file);
        return (_classes, scorer.Score(picture));
    }

    private PictureScorer<ResizedImage, DetectedObject[]> Prepare(ReadOnlyMemory<char> file)
    {
        var (saved, decoding) = SavedFile.Read(file);
        var model = DetectorMetadata.Read(saved);
        _classes = model.Classes;
        // ML.NET gives a mapping no channel to tell of a picture that cannot be read.
        return DetectorScorer.Of(model, 1, Device.Cpu, decoding, null, refusesUnreadable: true);
    }
}
