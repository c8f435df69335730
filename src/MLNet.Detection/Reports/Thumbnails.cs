using MLNet.Detection.Data;
using MLNet.Detection.Images;

namespace MLNet.Detection.Reports;

/// <summary>Small upright pictures with their boxes, for pages that hold the pictures themselves.</summary>
internal sealed class Thumbnails : IDisposable
{
    private const int LongestSide = 480;

    private readonly ImageDecoder _decoder = new();
    private readonly ImageEncoder _encoder = new(ImageFormat.Jpeg);

    /// <summary>A picture; null when it cannot be read.</summary>
    public ReportPicture? Of(LabeledImage image, IEnumerable<LabeledBox> boxes)
    {
        try
        {
            var picture = _decoder.DecodeFile(image.Path);
            var scale = Math.Min(1, (double)LongestSide / Math.Max(picture.Width, picture.Height));
            var resize = new ImageResize(Scaled(picture.Width, scale), Scaled(picture.Height, scale));
            var small = resize.Apply(picture);
            return new(image.FileName, _encoder.Encode(small.Image), resize.Width, resize.Height, [],
                [.. boxes.Select(box => new ReportBox(small.Transform.ToNetwork(box.Box), box.Category))]);
        }
        catch (UnreadableImageException)
        {
            return null;   // listed among the suspicions
        }
    }

    public void Dispose()
    {
        _decoder.Dispose();
        _encoder.Dispose();
    }

    private static int Scaled(int side, double scale) => Math.Max(1, (int)Math.Round(side * scale));
}
