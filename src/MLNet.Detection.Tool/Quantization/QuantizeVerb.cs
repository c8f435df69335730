using System.CommandLine;
using System.Globalization;
using Microsoft.ML;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Estimators;
using MLNet.Detection.Quantization;
using MLNet.Detection.Tool.Terminal;
using OnnxGraphs.Graphs;
using OnnxGraphs.Quantization;

namespace MLNet.Detection.Tool.Quantization;

/// <summary>Writes a detector of whole numbers, and says what that costs.</summary>
internal sealed class QuantizeVerb : Verb
{
    private readonly Option<string> _model = new("--model")
    {
        Description = "ONNX file that 'train' or the library wrote.", Required = true,
    };
    private readonly Option<string> _data = new("--data")
    {
        Description = "Data set to calibrate with.", Required = true,
    };
    private readonly Option<string?> _test = new("--test")
    {
        Description = "Data set to measure with. Without it: --data.",
    };
    private readonly Option<string?> _images = new("--images")
    {
        Description = "Folder of the pictures, where the format does not say it.",
    };
    private readonly Option<string> _output = new("--output") { Description = "The file to write.", Required = true };
    private readonly Option<int> _pictures = new("--pictures")
    {
        Description = "The first pictures of --data that calibrate.", DefaultValueFactory = _ => 200,
    };
    private readonly Option<string> _ranges = new("--ranges")
    {
        Description = "How ranges are chosen: minmax, percentile or percentile:99.9, entropy.",
        DefaultValueFactory = _ => "minmax",
    };
    private readonly Option<string> _activations = new("--activations")
    {
        Description = "uint8, int8, uint16 or int16.", DefaultValueFactory = _ => "uint8",
    };
    private readonly Option<string> _form = new("--form")
    {
        Description = "qdq: float operators between pairs of QuantizeLinear and DequantizeLinear; qoperator: QLinearConv and others.",
        DefaultValueFactory = _ => "qdq",
    };
    private readonly Option<double> _maxDrop = new("--max-drop")
    {
        Description = "The AP50-95 that may be lost; layers that cost more stay in floats.", DefaultValueFactory = _ => 0.005,
    };
    private readonly Option<int> _repair = new("--repair")
    {
        Description = "Epochs of training in whole numbers afterwards, with --train.",
    };
    private readonly Option<string?> _train = new("--train")
    {
        Description = "Data set to repair with. Without it: --data.",
    };
    private readonly Option<float> _rate = new("--lr")
    {
        Description = "Learning rate of --repair.", DefaultValueFactory = _ => 1e-4f,
    };
    private readonly Option<bool> _overwrite = new("--overwrite") { Description = "Replace a file that exists." };

    private readonly MLContext _ml = new(seed: 1);

    public QuantizeVerb() : base("quantize", "Turns a tuned detector into one of 8-bit whole numbers.")
    {
        foreach (var option in new Option[]
        {
            _model, _data, _test, _images, _output, _pictures, _ranges, _activations, _form, _maxDrop, _repair, _train, _rate,
            _overwrite,
        })
            Options.Add(option);
    }

    protected override bool EndsByItself => true;

    protected override void Run(ParseResult given, CancellationToken cancel)
    {
        var output = given.GetValue(_output)!;
        if (File.Exists(output) && !given.GetValue(_overwrite))
            throw new IOException($"{output} exists; give another --output, or allow --overwrite.");
        var detector = DetectorModel.Load(given.GetValue(_model)!);
        var data = Load(given, given.GetValue(_data)!, detector);
        var test = given.GetValue(_test) is { } path ? Load(given, path, detector) : data;
        test.Dataset.RequireObjects();
        using var quantizer = new DetectorQuantizer(detector, OptionsOf(given));
        quantizer.Observe(data, given.GetValue(_pictures));
        Console.Out.WriteLine($"Calibrated with {quantizer.Pictures} pictures.");
        var floats = Accuracy(detector, test);
        var search = new QuantizationSearch(quantizer, model => Accuracy(model, test), given.GetValue(_maxDrop))
        {
            Progress = (made, most) => Console.Out.WriteLine($"Measured {made} of at most {most}"),
        };
        var found = search.Find(floats, cancel);
        double? repaired = null;
        if (given.GetValue(_repair) > 0)
        {
            found = Repaired(given, found, given.GetValue(_train) is { } train ? Load(given, train, detector) : data, cancel);
            repaired = Accuracy(found, test);
        }
        found.Save(output);
        Show(search, quantizer.Plan, floats, repaired, given.GetValue(_model)!, output);
    }

    // What was rounded learns to live with it: values are rounded in each step, gradients pass the rounding.
    private DetectorModel Repaired(
        ParseResult given, DetectorModel detector, DetectionDataView train, CancellationToken cancel)
    {
        train.Dataset.RequireObjects();
        using var tuned = _ml.Detection().FineTune(new()
        {
            Detector = detector, Epochs = given.GetValue(_repair), LearningRate = given.GetValue(_rate),
            Cancellation = cancel,
            MetricsCallback = epoch => Console.Out.WriteLine($"Repair, epoch {epoch.Epoch}: loss {Tables.Number(epoch.Loss)}"),
        }).Fit(train);
        return tuned.Model;
    }

    private static void Show(QuantizationSearch search, QuantizationPlan plan, double floats, double? repaired,
        string model, string output)
    {
        if (search.Sensitivity.Count > 0)
            Tables.Write(["Layer", "Operator", "AP lost by it alone"], search.Sensitivity.Take(12).Select(at => (IEnumerable<string>)
                [at.Layer.Value, at.Layer.Operator, at.Drop.ToString("f4", CultureInfo.InvariantCulture)]));
        var last = search.Steps[^1];
        Tables.Write(["", "AP50-95", "MB"],
        [
            ["floats", Tables.Number(floats), Megabytes(model)],
            ["all in whole numbers", Tables.Number(search.Steps[0].Accuracy), ""],
            .. search.Steps.Count == 1 ? Array.Empty<IEnumerable<string>>()
                : [[$"{last.Floats.Count} layers in floats", Tables.Number(last.Accuracy), ""]],
            .. repaired is null ? Array.Empty<IEnumerable<string>>() : [["trained in whole numbers", Tables.Number(repaired), ""]],
            ["written", Tables.Number(repaired ?? last.Accuracy), Megabytes(output)],
        ]);
        if (plan.FloatOperators.Count > 0)
            Console.Out.WriteLine("Without an integer kernel between layers: " + string.Join(", ", plan.FloatOperators
                .CountBy(name => name).Select(at => $"{at.Value} {at.Key}")));
        Console.Out.WriteLine($"Wrote {output}");
    }

    private static string Megabytes(string path) => (new FileInfo(path).Length / 1e6).ToString("f2", CultureInfo.InvariantCulture);

    private DetectionDataView Load(ParseResult given, string path, DetectorModel detector) =>
        _ml.Detection().WithClasses(_ml.Detection().LoadDataset(path, new() { ImageFolder = given.GetValue(_images) }),
            detector.Classes);

    private double Accuracy(DetectorModel detector, DetectionDataView test)
    {
        using var transformer = new DetectorTransformer(detector, new(), _ml);
        return _ml.Detection().Evaluate(transformer.Transform(test)).MAP50_95;
    }

    private QuantizationOptions OptionsOf(ParseResult given)
    {
        var ranges = given.GetValue(_ranges)!.Split(':');
        var options = new QuantizationOptions
        {
            Activations = given.GetValue(_activations)! switch
            {
                "uint8" => ElementType.UInt8, "int8" => ElementType.Int8,
                "uint16" => ElementType.UInt16, "int16" => ElementType.Int16,
                var other => throw new ArgumentException($"--activations is '{other}'; expected uint8, int8, uint16 or int16."),
            },
            WholeOperators = given.GetValue(_form)! switch
            {
                "qdq" => false, "qoperator" => true,
                var other => throw new ArgumentException($"--form is '{other}'; expected qdq or qoperator."),
            },
        };
        return ranges switch
        {
            ["minmax"] => options,
            ["entropy"] => options with { Ranges = RangeMethod.Entropy },
            ["percentile"] => options with { Ranges = RangeMethod.Percentile },
            ["percentile", var share] when double.TryParse(share, CultureInfo.InvariantCulture,
                out var percent) => options with { Ranges = RangeMethod.Percentile, Percentile = percent },
            _ => throw new ArgumentException($"--ranges is '{given.GetValue(_ranges)}'; expected minmax, entropy, percentile, "
                + "or percentile:99.9."),
        };
    }
}
