using System.CommandLine;
using MLNet.Detection.Images;
using MLNet.Detection.Inspection;
using MLNet.Detection.Tool.Terminal;

namespace MLNet.Detection.Tool.Projects;

/// <summary>Writes a console project that tunes, measures and uses a detector.</summary>
internal sealed class NewVerb : Verb
{
    private readonly Option<string> _model = new("--model")
    {
        Description = "The exported ONNX detector to tune.", Required = true,
    };
    private readonly Option<string> _data = new("--data")
    {
        Description = "The data set; of one in parts, \"train\" is learnt from, \"test\" or \"val\" measured on.",
        Required = true,
    };
    private readonly Option<string?> _test = new("--test")
    {
        Description = "Data set to measure on. Without it: a part of --data, or every fifth picture of it.",
    };
    private readonly Option<string?> _images = new("--images")
    {
        Description = "Folder of the pictures, where the format does not say it.",
    };
    private readonly Option<string?> _size = new("--image-size")
    {
        Description = "WIDTHxHEIGHT of pictures, where the model leaves it open.",
    };
    private readonly Option<string?> _name = new("--name")
    {
        Description = "Name of project and class. Without it: made from the model's.",
    };
    private readonly Option<string?> _output = new("--output")
    {
        Description = "New folder. Without it: the project's name.",
    };

    public NewVerb() : base("new", "Writes a console project that tunes a detector, measures it and uses it: "
        + "NAME.training.cs, NAME.evaluate.cs, NAME.consumption.cs, Program.cs, NAME.csproj.")
    {
        foreach (var option in new Option[] { _model, _data, _test, _images, _size, _name, _output })
            Options.Add(option);
    }

    protected override void Run(ParseResult given, CancellationToken cancel)
    {
        var model = Path.GetFullPath(given.GetValue(_model)!);
        (int, int)? pixels = given.GetValue(_size) is { } text ? ImageInput.ParseSize(text) : null;
        var report = DetectorInspection.Of(model, pixels);
        if (pixels is var (width, height) && report.Input is { } input && (input.Width, input.Height) != (width, height))
            throw new ArgumentException($"--image-size is {width}x{height}, but {model} takes {input.Width}x{input.Height} alone; leave it out.");
        var recipe = report.Recipe;
        var data = ProjectData.Of(given.GetValue(_data)!, given.GetValue(_test), given.GetValue(_images));
        var name = ProjectName.Of(given.GetValue(_name), model);
        var folder = given.GetValue(_output) ?? name;
        new ProjectFiles(name, model, data, recipe).Write(folder);
        Console.Out.WriteLine($"Wrote {Path.Combine(folder, name)}.csproj. Tune, measure and try the detector:");
        Console.Out.WriteLine($"  cd {ShellWord.Of(folder)}");
        Console.Out.WriteLine("  dotnet run");
        foreach (var missing in recipe.Missing)
            Console.Error.WriteLine($"Still to be said in {name}.training.cs, Import: {missing}");
    }
}
