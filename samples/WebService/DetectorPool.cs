using MLNet.Detection.Detectors;
using MLNet.Detection.Images;

namespace Samples.WebService;

/// <summary>The detector, for one request at a time; decoding goes on beside it.</summary>
public sealed class DetectorPool(string file) : IDisposable
{
    private readonly Detector _detector = new(DetectorModel.Load(file), batchSize: 1);
    private readonly ImageDecoder _decoder = new();
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>What it knows.</summary>
    public IReadOnlyList<string> Classes => _detector.Model.Classes;

    /// <summary>Finds objects in the bytes of a picture file.</summary>
    /// <exception cref="UnreadableImageException">The bytes are no picture.</exception>
    public async Task<DetectionAnswer> Detect(byte[] picture, float threshold, CancellationToken cancel)
    {
        var image = _decoder.Decode(picture, "The picture");
        await _turn.WaitAsync(cancel);
        try
        {
            var found = _detector.Detect([image])[0].Where(found => found.Score >= threshold);
            return new(image.Width, image.Height, [.. found.Select(
                o => new DetectedBox(Classes[o.Class], o.Score, [o.Box.X0, o.Box.Y0, o.Box.X1, o.Box.Y1]))]);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _turn.Dispose();
        _decoder.Dispose();
        _detector.Dispose();
    }
}
