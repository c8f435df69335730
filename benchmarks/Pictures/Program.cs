// Pictures FOLDER [SECONDS]: decoding, resizing and encoding of the JPEGs of a folder on one thread, and of one picture of
// 4000 x 3000 pixels that is made of them. Medians over rounds of all pictures: milliseconds of
// processor time a picture (a machine may be busy), and of the clock.
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using MLNet.Detection.Images;
using SkiaSharp;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var seconds = args.Length > 1 ? double.Parse(args[1], CultureInfo.InvariantCulture) : 5;
var files = Directory.GetFiles(args[0], "*.jpg").Order().Take(100).Select(File.ReadAllBytes).ToArray();
using var full = new ImageDecoder();
using var reduced = new ImageDecoder(ImageDecoderOptions.Reduced);
var pictures = files.Take(20).Select(file => full.Decode(file, "picture")).ToArray();
var small = new ImageResize(320, 240);
Console.WriteLine($"{files.Length} pictures, the first {pictures[0].Width} x {pictures[0].Height}");
Measure("decode", files, file => full.Decode(file, "x").Pixels.Length);
Measure("decode and resize to 320 x 240", files, file => full.DecodeResized(file, "x", small).Image.Pixels.Length);

var large = new[] { Large(pictures) };
foreach (var size in new[] { (640, 480), (320, 240) })
{
    var resize = new ImageResize(size.Item1, size.Item2);
    Measure($"4000 x 3000 to {resize.Width} x {resize.Height}", large, file => full.DecodeResized(file, "x", resize).Image.Height);
    Measure("  decoded smaller", large, file => reduced.DecodeResized(file, "x", resize).Image.Height);
    foreach (var gap in new[] { 1, 1.5, 2.0 })
    {
        using var decoder = new ImageDecoder(new() { ReducingGap = gap });
        var apart = full.DecodeResized(large[0], "x", resize).Image.Pixels
            .Zip(decoder.DecodeResized(large[0], "x", resize).Image.Pixels, (a, b) => Math.Abs(a - b)).ToArray();
        Console.WriteLine($"  gap {gap}: levels apart, mean {apart.Average():f2}, most {apart.Max()}");
    }
}

using var png = new ImageEncoder(ImageFormat.Png);
using var jpeg = new ImageEncoder(ImageFormat.Jpeg);
Measure("PNG as written", pictures, picture => png.Encode(picture).Length);
Measure("JPEG as written", pictures, picture => jpeg.Encode(picture).Length);
foreach (var filter in new[] { SKPngEncoderFilterFlags.AllFilters, SKPngEncoderFilterFlags.NoFilters,
    SKPngEncoderFilterFlags.Sub, SKPngEncoderFilterFlags.Up })
    foreach (var level in new[] { 1, 3, 6 })
        Measure($"PNG {filter}, level {level}", pictures, picture =>
            Encoded(picture, map => map.Encode(new SKPngEncoderOptions(filter, level))));
foreach (var quality in new[] { 80, 90, 95, 100 })
    foreach (var chroma in new[] { SKJpegEncoderDownsample.Downsample420, SKJpegEncoderDownsample.Downsample444 })
        Measure($"JPEG {quality}, {chroma}", pictures, picture =>
            Encoded(picture, map => map.Encode(new SKJpegEncoderOptions(quality, chroma, SKJpegEncoderAlphaOption.Ignore))));

void Measure<T>(string what, T[] items, Func<T, int> work)
{
    var (times, walls, size, clock) = (new List<double>(), new List<double>(), 0L, Stopwatch.StartNew());
    do
    {
        size = 0;
        var (start, used) = (Stopwatch.GetTimestamp(), Used());
        foreach (var item in items)
            size += work(item);
        times.Add((Used() - used).TotalMilliseconds / items.Length);
        walls.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds / items.Length);
    }
    while (clock.Elapsed.TotalSeconds < seconds || times.Count < 3);
    times.Sort();
    walls.Sort();
    Console.WriteLine($"{what,-42} {times[times.Count / 2],8:f2} ms {walls[walls.Count / 2],8:f2} ms of the clock"
        + (what.Contains("G ") ? $" {size / items.Length / 1024.0,8:f0} kB" : ""));
}

static TimeSpan Used() => Process.GetCurrentProcess().TotalProcessorTime;

static int Encoded(RgbImage picture, Func<SKPixmap, SKData> encode)
{
    var packed = new byte[4 * picture.Width * picture.Height];
    for (var (i, j) = (0, 0); i < picture.Pixels.Length; i += 3, j += 4)
        (packed[j], packed[j + 1], packed[j + 2], packed[j + 3]) =
            (picture.Pixels[i], picture.Pixels[i + 1], picture.Pixels[i + 2], 255);
    var pin = GCHandle.Alloc(packed, GCHandleType.Pinned);
    using var map = new SKPixmap(new(picture.Width, picture.Height, SKColorType.Rgba8888, SKAlphaType.Opaque),
        pin.AddrOfPinnedObject());
    using var data = encode(map);
    pin.Free();
    return (int)data.Size;
}

static byte[] Large(RgbImage[] pictures)
{
    var canvas = RgbImage.Filled(4000, 3000, 0, 0, 0);
    for (var y = 0; y < 3000; y++)
        for (var x = 0; x < 4000; x++)
        {
            var picture = pictures[(y / 480 * 9 + x / 640) % pictures.Length];
            var from = 3 * (y % 480 % picture.Height * picture.Width + x % 640 % picture.Width);
            picture.Pixels.AsSpan(from, 3).CopyTo(canvas.Pixels.AsSpan(3 * (y * 4000 + x)));
        }
    using var encoder = new ImageEncoder(ImageFormat.Jpeg);
    return encoder.Encode(canvas);
}
