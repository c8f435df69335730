using System.CommandLine;
using Microsoft.ML;
using MLNet.Detection.Builtin;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Tool.Terminal;
using MLNet.Detection.Training;
using MLNet.Detection.Web;

namespace MLNet.Detection.Tool.Artifacts;

/// <summary>Writes a page that trains a detector in the browser.</summary>
internal sealed class WebVerb : Verb
{
    private readonly Option<string?> _model = new("--model")
    {
        Description = "A saved detector, from 'train' say. Without it: the small built-in one, with random weights.",
    };
    private readonly Option<string> _data = new("--data") { Description = "Data set to learn.", Required = true };
    private readonly Option<string?> _images = new("--images")
    {
        Description = "Folder of the pictures, where the format does not say it.",
    };
    private readonly Option<string> _output = new("--output") { Description = "Folder of the page.", Required = true };
    private readonly Option<string?> _runtime = new("--runtime")
    {
        Description = $"The folder 'dist' of the npm package onnxruntime-web {WebTrainerOptions.RuntimeVersion}, to be copied "
            + "to the page, or an address. Without it: a public address; threads need the copy.",
    };
    private readonly Option<string[]> _freeze = new("--freeze") { Description = "Glob of weights that stay; may be repeated." };
    private readonly Option<int> _batch = new("--batch")
    {
        Description = "Images of a step.", DefaultValueFactory = _ => ScratchRecipe.BatchSize,
    };
    private readonly Option<int> _epochs = new("--epochs")
    {
        Description = "Times that every picture is seen.", DefaultValueFactory = _ => 20,
    };
    private readonly Option<float> _rate = new("--lr")
    {
        Description = "The largest learning rate.", DefaultValueFactory = _ => 1e-3f,
    };
    private readonly Option<int> _pictures = new("--pictures")
    {
        Description = "The first pictures of --data that go into the page.", DefaultValueFactory = _ => new WebTrainerOptions().Pictures,
    };
    private readonly Option<int> _heldOut = new("--held-out")
    {
        Description = "Pictures that are shown before and after, and not learnt.",
        DefaultValueFactory = _ => new WebTrainerOptions().HeldOut,
    };
    private readonly Option<bool> _overwrite = new("--overwrite") { Description = "Replace a page that exists." };

    public WebVerb() : base("web", "Writes a page that trains the detector in the browser.")
    {
        foreach (var option in new Option[]
        {
            _model, _data, _images, _output, _runtime, _freeze, _batch, _epochs, _rate, _pictures, _heldOut, _overwrite,
        })
            Options.Add(option);
    }

    public override string Examples => """
        mlnet-detect web --model tuned.onnx --data instances_train.json --images train --output site
        """;

    protected override void Run(ParseResult given, CancellationToken cancel)
    {
        foreach (var option in new[] { _batch, _epochs, _pictures })
            AtLeast(given, option, 1);
        AtLeast(given, _heldOut, 0);
        Positive(given, _rate);
        var (ml, folder) = (new MLContext(seed: 1), given.GetValue(_output)!);
        var data = ml.Detection().LoadDataset(given.GetValue(_data)!, new() { ImageFolder = given.GetValue(_images) });
        var most = data.Dataset.Images.Length / 2;
        if (IsGiven(given, _heldOut) && given.GetValue(_heldOut) > most)
            throw new ArgumentException($"--held-out is {given.GetValue(_heldOut)}; of {data.Dataset.Images.Length} pictures at most {most} "
                + "can be held out, since the others are learnt.");
        ml.Detection().FineTune(Training(given, data, cancel)).WriteWebTrainer(folder, data, new()
        {
            Pictures = given.GetValue(_pictures), HeldOut = given.GetValue(_heldOut), Runtime = given.GetValue(_runtime),
            Overwrite = given.GetValue(_overwrite),
        });
        foreach (var file in new DirectoryInfo(folder).GetFiles().OrderBy(file => file.Name))
            Console.Out.WriteLine($"{file.Length,10} bytes  {file.FullName}");
        Console.Out.WriteLine("Serve the folder by http, with the headers Cross-Origin-Opener-Policy: same-origin and "
            + "Cross-Origin-Embedder-Policy: require-corp for several threads.");
    }

    // The built-in detector learns by its own recipe, because it starts from random weights.
    private FineTuneTrainer.Options Training(ParseResult given, DetectionDataView data, CancellationToken cancel)
    {
        var options = new FineTuneTrainer.Options
        {
            Detector = given.GetValue(_model) is { } path ? DetectorModel.Load(path)
                : new SmallDetector { Classes = [.. data.Dataset.Categories.Select(category => category.Name)] }.Build(),
            BatchSize = given.GetValue(_batch), Epochs = given.GetValue(_epochs), LearningRate = given.GetValue(_rate),
            Frozen = given.GetValue(_freeze) ?? [], Cancellation = cancel,
        };
        if (given.GetValue(_model) is not null)
            return options;
        return options with
        {
            Loss = ScratchRecipe.Loss, Optimizer = ScratchRecipe.Optimizer,
            LearningRate = IsGiven(given, _rate) ? options.LearningRate : ScratchRecipe.LearningRate,
        };
    }
}
