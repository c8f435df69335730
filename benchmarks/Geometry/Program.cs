// Times matching with encoding, suppression and the way of a picture from file to network size. "write FOLDER" makes
// the boxes; "time FOLDER ROUNDS [PICTURES]" prints medians in milliseconds, and pictures a second on one thread, of
// the JPEG files in the folder PICTURES.
using System.Diagnostics;
using System.Globalization;
using Benchmarks.Geometry;
using MLNet.Detection.Augmentation;
using MLNet.Detection.Boxes;
using MLNet.Detection.Images;
using MLNet.Detection.Matching;
using MLNet.Detection.Scoring;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var (folder, rounds) = (args[1], args.Length > 2 ? int.Parse(args[2]) : 1);
if (args[0] == "write")
{
    MadeBoxes.Write(folder);
    return;
}
var (anchors, truths) = (MadeBoxes.Load<Box>(folder, "anchors"), MadeBoxes.Load<Box>(folder, "truths"));
var (columns, matcher) = (new BoxColumns(anchors), new ThresholdMatcher());
var (matches, deltas) = (new int[anchors.Length], new BoxDelta[anchors.Length]);
Time("match and encode", () =>
{
    matcher.Match(truths, columns, matches);
    BoxCoder.RetinaNet.EncodeMatches(truths, matches, anchors, deltas);
}, () => matches.Sum(m => (long)m) + matches.Count(m => m >= 0));
var (boxes, scores) = (MadeBoxes.Load<Box>(folder, "boxes"), MadeBoxes.Load<float>(folder, "scores"));
var classes = Array.ConvertAll(MadeBoxes.Load<long>(folder, "classes"), c => (int)c);
int[] kept = [];
Time("suppress", () => kept = NonMaxSuppression.Keep(boxes, scores, classes, 0.5f),
    () => kept.Select((k, i) => (long)k * (i % 7)).Sum());
if (args.Length > 3)
    TimePictures(args[3]);

void Time(string what, Action work, Func<long> check)
{
    var times = new double[rounds];
    var warm = Stopwatch.StartNew();
    while (warm.Elapsed.TotalSeconds < 1)   // until the compiler has seen it often enough
        work();
    for (var round = 0; round < rounds; round++)
    {
        var started = Stopwatch.GetTimestamp();
        work();
        times[round] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }
    Array.Sort(times);
    Console.WriteLine($"{what} {times[rounds / 2]:f3} ms, check {check()}");
}

void TimePictures(string pictures)
{
    byte[][] files = [.. Directory.GetFiles(pictures, "*.jpg").Order().Take(64).Select(File.ReadAllBytes)];
    using var decoder = new ImageDecoder();
    var resize = new ImageResize(640, 640, ResizeMode.Letterbox);
    var times = new double[rounds];
    for (var round = -1; round < rounds; round++)
    {
        var started = Stopwatch.GetTimestamp();
        foreach (var file in files)
            HorizontalFlip.Flip(resize.Apply(decoder.Decode(file, "picture")).Image);
        if (round >= 0)
            times[round] = Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
    Array.Sort(times);
    Console.WriteLine($"pictures {files.Length / times[rounds / 2]:f0} a second");
}
