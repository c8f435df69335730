using System.Runtime.Intrinsics;

namespace MLNet.Detection.Images;

/// <summary>Interleaved pixels as three planes of normalised numbers, 16 pixels at a time; bit-equal to one after another.</summary>
internal static class ColorPlanes
{
    private const int Pixels = 16;

    // Where the bytes of a colour lie in each third of 16 pixels; 255 (none) gives 0, so that the thirds can be joined.
    private static readonly Vector128<byte>[][] Places = [.. Enumerable.Range(0, 3).Select(color => Enumerable.Range(0, 3)
        .Select(third => Vector128.Create([.. Enumerable.Range(0, Pixels).Select(pixel => 3 * pixel + color - Pixels * third)
            .Select(place => place is >= 0 and < Pixels ? (byte)place : byte.MaxValue)])).ToArray())];

    /// <summary>(x - mean) / std of one colour of all pixels.</summary>
    /// <param name="pixels">Three bytes a pixel.</param>
    /// <param name="color">0: the first byte of each.</param>
    /// <param name="mean">Subtracted.</param>
    /// <param name="std">Divided by.</param>
    /// <param name="plane">A number a pixel.</param>
    public static void Write(ReadOnlySpan<byte> pixels, int color, float mean, float std, Span<float> plane)
    {
        var (first, second, third) = (Places[color][0], Places[color][1], Places[color][2]);
        var (means, stds, next) = (Vector128.Create(mean), Vector128.Create(std), 0);
        for (; next + Pixels <= plane.Length; next += Pixels)
        {
            var from = pixels.Slice(3 * next, 3 * Pixels);
            var bytes = Vector128.ShuffleNative(Vector128.Create(from), first)
                | Vector128.ShuffleNative(Vector128.Create(from[Pixels..]), second)
                | Vector128.ShuffleNative(Vector128.Create(from[(2 * Pixels)..]), third);
            var (lower, upper) = Vector128.Widen(bytes);
            Normalize(Vector128.WidenLower(lower), means, stds).CopyTo(plane[next..]);
            Normalize(Vector128.WidenUpper(lower), means, stds).CopyTo(plane[(next + 4)..]);
            Normalize(Vector128.WidenLower(upper), means, stds).CopyTo(plane[(next + 8)..]);
            Normalize(Vector128.WidenUpper(upper), means, stds).CopyTo(plane[(next + 12)..]);
        }
        for (; next < plane.Length; next++)
            plane[next] = (pixels[3 * next + color] - mean) / std;
    }

    private static Vector128<float> Normalize(Vector128<uint> x, Vector128<float> means, Vector128<float> stds) =>
        (Vector128.ConvertToSingle(x.AsInt32()) - means) / stds;
}
