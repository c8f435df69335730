// Serving DETECTOR.onnx FOLDER [SECONDS [THREADS [ROUNDS]]]: pictures a second of a detector that mlnet-detect wrote, asked by
// many threads at once, in turn: its network in a plain ONNX Runtime session, on a tensor that is ready; the same in a
// Detector, on pictures of its size; with the pictures resized; from the bytes of JPEG files. One run of the network at a
// time, all with equal session options. Medians of the rounds, and of the ratios to the plain session of the same round.
using System.Globalization;
using Benchmarks.Serving;
using Microsoft.ML.OnnxRuntime;
using MLNet.Detection.Detectors;
using MLNet.Detection.Images;
using OnnxGraphs.Runtime;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
double Number(int place, double otherwise) =>
    args.Length > place ? double.Parse(args[place], CultureInfo.InvariantCulture) : otherwise;
var (seconds, threads, rounds) = (Number(2, 5), (int)Number(3, 64), (int)Number(4, 5));
var files = Directory.GetFiles(args[1], "*.jpg").Order(StringComparer.Ordinal).Take(50).Select(File.ReadAllBytes).ToArray();
var (model, turn, throughput) = (DetectorModel.Load(args[0]), new Lock(), new Throughput(threads));
using var decoder = new ImageDecoder(ImageDecoderOptions.Reduced);
using var detector = new Detector(model, batchSize: 1);
using var options = Device.Cpu.CreateSessionOptions();
options.GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL;
using var session = new InferenceSession(args[0], options);
using var run = new RunOptions();
var pictures = Array.ConvertAll(files, file => decoder.Decode(file, "picture"));
var resized = Array.ConvertAll(pictures, model.Resize.Apply);
var tensors = Array.ConvertAll(resized, picture =>
{
    var pixels = new float[3 * model.Resize.Width * model.Resize.Height];
    model.Normalization.Write(picture.Image, pixels);
    return OrtValue.CreateTensorValueFromMemory(pixels, [1, 3, model.Resize.Height, model.Resize.Width]);
});

(string Name, Action<int> Ask)[] forms =
[
    ("plain session", i =>
    {
        lock (turn)
            session.Run(run, [session.InputNames[0]], [tensors[i % files.Length]], session.OutputNames).Dispose();
    }),
    ("detector, resized pictures", i => Detect(resized[i % files.Length])),
    ("detector, pictures", i => Detect(model.Resize.Apply(pictures[i % files.Length]))),
    ("detector, JPEG files", i => Detect(decoder.DecodeResized(files[i % files.Length], "picture", model.Resize))),
];
var measured = forms.Select(_ => new List<double>()).ToList();
for (var round = 0; round < rounds; round++)
    foreach (var (i, form) in forms.Index())
        measured[i].Add(throughput.Of(seconds, form.Ask));
double Median(List<double> all) => all.Order().ElementAt(all.Count / 2);
Console.WriteLine($"{Path.GetFileName(args[0])}, {model.Resize.Width} x {model.Resize.Height}, {threads} threads, "
    + $"{Environment.ProcessorCount} cores, {rounds} rounds of {seconds} s");
foreach (var (form, all) in forms.Zip(measured))
    Console.WriteLine($"{form.Name,-28} {Median(all),8:f1} pictures/s, ratio "
        + $"{Median([.. all.Zip(measured[0], (own, plain) => own / plain)]):f3}");

void Detect(ResizedImage picture)
{
    lock (turn)
        detector.DetectResized([picture]);
}
