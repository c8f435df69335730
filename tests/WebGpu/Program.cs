// Trains a tiny detector on a device, and says the loss of each step and a sum of the weights: WebGpu DEVICE [MEMORY]
// MEMORY: what the device's memory is taken to be called; none for no memory of its own.
using System.Globalization;
using System.Runtime.Loader;
using Microsoft.ML;
using MLNet.Detection;
using MLNet.Detection.Builtin;
using MLNet.Detection.Data;
using MLNet.Detection.Training;
using OnnxGraphs.Models;
using OnnxGraphs.Runtime;

// The libraries were compiled against a newer binding than the native library here speaks with.
AssemblyLoadContext.Default.Resolving += (context, name) => name.Name == "Microsoft.ML.OnnxRuntime"
    ? context.LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, name.Name + ".dll")) : null;

var folder = Directory.CreateTempSubdirectory("webgpu-").FullName;
try
{
    var device = Device.Parse(args[0]) with { Kernels = false };
    if (args.Length > 1)
        device = device with { MemoryName = args[1] == "none" ? "" : args[1] };
    var shapes = ShapesGenerator.Write(folder, new() { Width = 64, Height = 64, Train = 8, Val = 0, Test = 0 }, overwrite: true);
    var ml = new MLContext(seed: 1);
    var detector = new SmallDetector
    {
        Classes = [.. ShapesGenerator.Categories.Select(category => category.Name)],
        Width = 64, Height = 64, StageChannels = [8, 16, 16, 24, 24], PyramidChannels = 16,
    }.Build();
    var result = ml.Detection().FineTune(new()
    {
        Detector = detector, Loss = ScratchRecipe.Loss, Optimizer = ScratchRecipe.Optimizer, BatchSize = 4, Epochs = 4,
        LearningRate = 2e-3f, Seed = 1, Device = device, ReportEvery = 1, Workers = 2, Progress = new Told(),
    }).Train(ml.Detection().LoadFromCoco(shapes.Train, shapes.Images));
    var sum = result.Detector.Model.Initializers.Values.Where(stored => stored.DataType == 1)
        .Sum(stored => stored.ToTensor().Values<float>().ToArray().Sum(x => (double)Math.Abs(x)));
    Console.WriteLine(FormattableString.Invariant($"weights {sum:R}"));
    return 0;
}
catch (Exception error) when (error is InvalidOperationException or ArgumentException)
{
    Console.WriteLine(error.Message);
    return 1;
}
finally
{
    Directory.Delete(folder, recursive: true);
}

sealed class Told : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress now)
    {
        if (now.Finished is null)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"loss {now.Loss:R}"));
    }
}
