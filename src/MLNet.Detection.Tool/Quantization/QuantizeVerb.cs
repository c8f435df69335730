using System.CommandLine;
using System.Globalization;
using MLNet.Detection.Segmentation;
using MLNet.Detection.Tool.Terminal;
using OnnxGraphs.Graphs;
using OnnxGraphs.Quantization;

namespace MLNet.Detection.Tool.Quantization;

/// <summary>Writes a network of whole numbers, and says what that costs.</summary>
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
    private readonly Option<string?> _masks = new("--masks")
    {
        Description = "Of a segmentation network: folder of the masks. Without it: found beside the pictures.",
    };
    private readonly Option<string[]> _classes = new("--classes")
    {
        Description = "Of masks: names of the classes in the order of their numbers. Without it: as the data set says.",
        AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [],
    };
    private readonly Option<bool> _objects = new("--objects")
    {
        Description = "Of masks: their numbers are those of objects, all of one class.",
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
    private readonly Option<bool> _reducedWeights = new("--reduced-weights")
    {
        Description = "Weights from -64 to 64: for processors without VNNI, where sums of two products can overflow 16 bits.",
    };
    private readonly Option<double> _maxDrop = new("--max-drop")
    {
        Description = "The AP50-95, or mean IoU, that may be lost; layers that cost more stay in floats.", DefaultValueFactory = _ => 0.005,
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
    private readonly Option<string> _repairRanges = new Option<string>("--repair-ranges")
    {
        Description = "In --repair, fixed: ranges of activations stay; learnt: they are trained too.",
        DefaultValueFactory = _ => "fixed",
    }.AcceptOnlyFromAmong("fixed", "learnt");
    private readonly Option<bool> _equalize = new("--equalize")
    {
        Description = "Bring channels between convolutions to one size first (cross-layer equalisation).",
    };
    private readonly Option<float> _distill = new("--distill")
    {
        Description = "In --repair, weight of what is learnt from the float model; 0: labels alone.",
        DefaultValueFactory = _ => 1f,
    };
    private readonly Option<float> _distillFeatures = new("--distill-features")
    {
        Description = "Of a detector, in --repair, beside --distill: weight of the maps that the last layers read in floats.",
    };
    private readonly Option<bool> _overwrite = new("--overwrite") { Description = "Replace a file that exists." };

    public QuantizeVerb() : base("quantize", "Turns a tuned detector or segmentation network into one of 8-bit whole numbers.")
    {
        foreach (var option in new Option[]
        {
            _model, _data, _test, _images, _masks, _classes, _objects, _output, _pictures, _ranges, _activations, _form, _reducedWeights,
            _maxDrop, _repair, _train, _rate, _distill, _distillFeatures, _repairRanges, _equalize, _overwrite,
        })
            Options.Add(option);
    }

    protected override bool EndsByItself => true;

    protected override void Run(ParseResult given, CancellationToken cancel)
    {
        var output = given.GetValue(_output)!;
        OutputPath.KeepApart([new("--model", given.GetValue(_model))], [new("--output", output)]);
        OutputPath.Prepare(given.GetValue(_overwrite), output);
        AtLeast(given, _pictures, 1);
        AtLeast(given, _repair, 0);
        AtLeast(given, _maxDrop, 0);
        AtLeast(given, _distill, 0);
        AtLeast(given, _distillFeatures, 0);
        Positive(given, _rate);
        Needs(given, _repair, _train, _rate, _distill, _distillFeatures, _repairRanges);
        var data = given.GetValue(_data)!;
        var settings = new QuantizeSettings(given.GetValue(_model)!, data, given.GetValue(_test) ?? data,
            given.GetValue(_train) ?? data, output, OptionsOf(given))
        {
            Images = given.GetValue(_images), Masks = given.GetValue(_masks), Classes = given.GetValue(_classes)!,
            AreObjects = given.GetValue(_objects) ? true : null, Pictures = given.GetValue(_pictures),
            MaxDrop = given.GetValue(_maxDrop), Repair = given.GetValue(_repair), LearningRate = given.GetValue(_rate),
            Distill = given.GetValue(_distill), DistillFeatures = given.GetValue(_distillFeatures),
            LearnRanges = given.GetValue(_repairRanges) == "learnt",
        };
        var segments = SegmenterModel.IsSaved(settings.Model);
        if (settings.DistillFeatures != 0 && (settings.Distill == 0 || segments))
            throw new ArgumentException("--distill-features is for detectors, beside a --distill above 0; leave it out.");
        if (segments)
            new SegmenterRun(settings, cancel).Go();
        else
            new DetectorRun(settings, cancel).Go();
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
            Equalize = given.GetValue(_equalize), ReducedWeights = given.GetValue(_reducedWeights),
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
