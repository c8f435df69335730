using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using MLNet.Detection.Data;
using MLNet.Detection.Networks;
using MLNet.Detection.Quantization;
using MLNet.Detection.Tool.Terminal;
using MLNet.Detection.Training;
using OnnxGraphs.Graphs;
using OnnxGraphs.Quantization;

namespace MLNet.Detection.Tool.Quantization;

/// <summary>From the file in floats to that in whole numbers: calibrate, measure, search, repair, write.</summary>
internal abstract class QuantizeRun<TModel>(QuantizeSettings settings, CancellationToken cancel)
    where TModel : PictureNetwork
{
    private const int ShownLayers = 12;

    protected MLContext Ml { get; } = new(seed: 1);

    protected QuantizeSettings Settings => settings;

    protected CancellationToken Cancel => cancel;

    /// <summary>What is measured.</summary>
    protected abstract string Metric { get; }

    public void Go()
    {
        var model = Load(settings.Model);
        var repairs = settings.Repair > 0;
        var data = Data(settings.Data, model, toLearn: repairs && settings.Train == settings.Data);
        var test = settings.Test == settings.Data ? data : Data(settings.Test, model, toLearn: false);
        var train = !repairs || settings.Train == settings.Data ? data : Data(settings.Train, model, toLearn: true);
        using var quantizer = Quantizer(model);
        var clock = Stopwatch.StartNew();
        quantizer.Observe(data, settings.Pictures, cancel);
        Console.Out.WriteLine(FormattableString.Invariant(
            $"Calibrated with {quantizer.Pictures} pictures in {clock.Elapsed.TotalSeconds:f1} s"));
        var floats = Measure(model, test);
        var search = new QuantizationSearch<TModel>(quantizer, found => Measure(found, test), settings.MaxDrop)
        {
            Progress = (made, most) => Console.Out.WriteLine($"Measured {made} of at most {most}"),
        };
        var found = search.Find(floats, cancel);
        double? repaired = null;
        if (repairs)
        {
            // What was rounded learns to live with it: values are rounded in each step, gradients pass the rounding, and
            // what was before it shows the way.
            found = Repair(model, found, train);
            repaired = Measure(found, test);
        }
        Save(found, settings.Output);
        Show(search, quantizer.Plan, floats, repaired);
    }

    protected abstract TModel Load(string path);

    /// <summary>A data set with the classes of the model; classes that it lacks are said, or refused where they would be
    /// learnt as background.</summary>
    protected abstract DetectionDataView Data(string path, TModel model, bool toLearn);

    protected abstract PictureQuantizer<TModel> Quantizer(TModel model);

    protected abstract double Measure(TModel model, DetectionDataView test);

    protected abstract TModel Repair(TModel floats, TModel rounded, DetectionDataView train);

    protected abstract void Save(TModel model, string path);

    /// <summary>Options of the repair.</summary>
    protected T Repairing<T>(T options) where T : TrainingOptions => (T)((TrainingOptions)options with
    {
        Epochs = settings.Repair, LearningRate = settings.LearningRate, LearnRanges = settings.LearnRanges,
        Cancellation = cancel,
        MetricsCallback = epoch => Console.Out.WriteLine($"Repair, epoch {epoch.Epoch}: loss {Tables.Number(epoch.Loss)}"),
    });

    private void Show(QuantizationSearch<TModel> search, QuantizationPlan plan, double floats, double? repaired)
    {
        if (search.Sensitivity.Count > 0)
            Tables.Write(["Layer", "Operator", $"{Metric} lost by it alone"], search.Sensitivity.Take(ShownLayers).Select(at =>
                (IEnumerable<string>)[at.Layer.Value, at.Layer.Operator, Text(at.Drop, "f4")]));
        var last = search.Steps[^1];
        Tables.Write(["", Metric, "MB"],
        [
            ["floats", Tables.Number(floats), Megabytes(settings.Model)],
            ["all in whole numbers", Tables.Number(search.Steps[0].Accuracy), ""],
            .. search.Steps.Count == 1 ? Array.Empty<IEnumerable<string>>()
                : [[$"{last.Floats.Count} layers in floats", Tables.Number(last.Accuracy), ""]],
            .. repaired is null ? Array.Empty<IEnumerable<string>>()
                : [["trained in whole numbers", Tables.Number(repaired), ""]],
            ["written", Tables.Number(repaired ?? last.Accuracy), Megabytes(settings.Output)],
        ]);
        if (plan.FloatOperators.Count > 0)
            Console.Out.WriteLine("Without an integer kernel between layers: " + string.Join(", ", plan.FloatOperators
                .CountBy(name => name).Select(at => $"{at.Value} {at.Key}")));
        if (PairSums.AreNarrow && settings.Options is { Activations: ElementType.UInt8, ReducedWeights: false })
            Console.Out.WriteLine("This processor has no VNNI: in ONNX Runtime, sums of two products can overflow 16 bits here; what was "
                + "measured has that in it. --reduced-weights keeps them from it: see which is better.");
        Console.Out.WriteLine($"Wrote {settings.Output}");
    }

    private static string Megabytes(string path) => Text(new FileInfo(path).Length / 1e6, "f2");

    private static string Text(double number, string format) => number.ToString(format, CultureInfo.InvariantCulture);
}
