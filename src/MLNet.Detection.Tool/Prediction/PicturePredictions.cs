using MLNet.Detection.Detectors;
using MLNet.Detection.Images;
using OnnxGraphs.Runtime;

namespace MLNet.Detection.Tool.Prediction;

/// <summary>Runs a detector over picture files, a batch at a time.</summary>
internal sealed class PicturePredictions(DetectorModel model, int batchSize, Device device, DetectionViews views) : IDisposable
{
    private readonly Detector _detector = new(model, batchSize, device);
    private readonly ImageDecoder _decoder = new();

    /// <summary>What is found in each picture, in their order. What is done with a picture is done while its pixels are
    /// there.</summary>
    public IEnumerable<PredictedPicture> Of(IReadOnlyList<PictureFile> files, Action<PredictedPicture, RgbImage> seen,
        CancellationToken cancel)
    {
        foreach (var batch in files.Chunk(batchSize))
        {
            cancel.ThrowIfCancellationRequested();
            var decoded = batch.AsParallel().AsOrdered().Select(Decode).ToList();
            RgbImage[] images = [.. decoded.Select(picture => picture.Image).OfType<RgbImage>()];
            var found = new Queue<Scoring.DetectedObject[]>(new ViewDetector(_detector, views).Detect(images));
            foreach (var (file, image, problem) in decoded)
            {
                if (image is null)
                {
                    yield return new(file, 0, 0, [], problem);
                    continue;
                }
                var predicted = new PredictedPicture(file, image.Width, image.Height, found.Dequeue());
                seen(predicted, image);
                yield return predicted;
            }
        }
    }

    public void Dispose()
    {
        _decoder.Dispose();
        _detector.Dispose();
    }

    private (PictureFile File, RgbImage? Image, string? Problem) Decode(PictureFile file)
    {
        try
        {
            return (file, _decoder.DecodeFile(file.Path), null);
        }
        catch (UnreadableImageException error)
        {
            return (file, null, error.Message);
        }
    }
}
