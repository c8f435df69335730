#:project ../src/MLNet.Detection/MLNet.Detection.csproj
#:property ManagePackageVersionsCentrally=false
#:property PublishAot=false
#:package Microsoft.ML.OnnxRuntime@1.31.0
#:package OpenCvSharp4@4.13.0.20260627
#:package OpenCvSharp4.official.runtime.linux-x64@4.13.0.20260627
// Decoding and resizing of a folder's first JPEGs on one thread, beside OpenCvSharp4's, in turn: the fastest round of each.
//   dotnet run --file benchmarks/pictures_side_by_side.cs -c Release -- FOLDER [SECONDS]
// OpenCV's "area" is the mean of what a pixel covers, as ours is where a picture becomes smaller; "linear" leaves pixels out.
using System.Diagnostics;
using System.Globalization;
using MLNet.Detection.Images;
using OpenCvSharp;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
Cv2.SetNumThreads(1);
var files = Directory.GetFiles(args[0], "*.jpg").Order(StringComparer.Ordinal).Take(20).Select(File.ReadAllBytes).ToArray();
var seconds = args.Length > 1 ? double.Parse(args[1]) : 30;
using var decoder = new ImageDecoder(ImageDecoderOptions.Reduced);
var work = new List<(string What, Action<byte[]> Do)>
{
    ("decode", file => decoder.Decode(file, "picture")),
    ("decode, OpenCV", file => Decoded(file, resize: null, default)),
};
foreach (var (width, height) in new[] { (320, 240), (320, 320), (512, 512) })
{
    var size = new ImageResize(width, height);
    work.Add(($"{width} x {height}", file => decoder.DecodeResized(file, "picture", size)));
    foreach (var mode in new[] { InterpolationFlags.Area, InterpolationFlags.Linear })
        work.Add(($"{width} x {height}, OpenCV {mode}", file => Decoded(file, new(width, height), mode)));
}
var best = work.Select(_ => double.MaxValue).ToArray();
for (var clock = Stopwatch.StartNew(); clock.Elapsed.TotalSeconds < seconds;)
    for (var i = 0; i < work.Count; i++)
    {
        var start = Stopwatch.GetTimestamp();
        Array.ForEach(files, work[i].Do);
        best[i] = Math.Min(best[i], Stopwatch.GetElapsedTime(start).TotalMilliseconds / files.Length);
    }
for (var i = 0; i < work.Count; i++)
    Console.WriteLine($"{work[i].What,-28} {best[i],6:f2} ms {1e3 / best[i],6:f0} a second");

static void Decoded(byte[] file, Size? resize, InterpolationFlags mode)
{
    using var picture = Cv2.ImDecode(file, ImreadModes.Color);
    using var result = new Mat();
    if (resize is { } size)
        Cv2.Resize(picture, result, size, 0, 0, mode);
    Cv2.CvtColor(resize is null ? picture : result, result, ColorConversionCodes.BGR2RGB);
}
