using MLNet.Detection.Data;
using MLNet.Detection.Images;

namespace MLNet.Detection.Segmentation;

/// <summary>A window of a picture. Beside the picture it shows its reflection, without repeating the edge, as NumPy's
/// <c>reflect</c> does.</summary>
internal static class PictureWindow
{
    /// <summary>The window of a picture with its labels; boxes are left out.</summary>
    public static LabeledPicture Cut(LabeledPicture picture, int left, int top, int width, int height)
    {
        var (xs, ys) = (Places(left, width, picture.Image.Width), Places(top, height, picture.Image.Height));
        return new(Cut(picture.Image, xs, ys), [])
        {
            Labels = picture.Labels?.Placed(width, height, (x, y) => (xs[x], ys[y])),
        };
    }

    /// <summary>The window of a picture.</summary>
    public static RgbImage Cut(RgbImage image, int left, int top, int width, int height) =>
        Cut(image, Places(left, width, image.Width), Places(top, height, image.Height));

    private static RgbImage Cut(RgbImage image, int[] xs, int[] ys)
    {
        var window = new RgbImage(xs.Length, ys.Length, new byte[3 * xs.Length * ys.Length]);
        for (var y = 0; y < ys.Length; y++)
        {
            Span<byte> from = image.Row(ys[y]), to = window.Row(y);
            for (var x = 0; x < xs.Length; x++)
                from.Slice(3 * xs[x], 3).CopyTo(to[(3 * x)..]);
        }
        return window;
    }

    private static int[] Places(int start, int count, int size)
    {
        var places = new int[count];
        for (var i = 0; i < count; i++)
        {
            var period = Math.Max(1, 2 * (size - 1));
            var at = ((start + i) % period + period) % period;
            places[i] = at < size ? at : period - at;
        }
        return places;
    }
}
