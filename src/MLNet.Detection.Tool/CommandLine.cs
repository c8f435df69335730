using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using MLNet.Detection.Tool.Artifacts;
using MLNet.Detection.Tool.Datasets;
using MLNet.Detection.Tool.Evaluation;
using MLNet.Detection.Tool.Inspection;
using MLNet.Detection.Tool.Losses;
using MLNet.Detection.Tool.Prediction;
using MLNet.Detection.Tool.Projects;
using MLNet.Detection.Tool.Quantization;
using MLNet.Detection.Tool.Terminal;
using MLNet.Detection.Tool.Training;
using MLNet.Detection.Tool.Tuning;

namespace MLNet.Detection.Tool;

/// <summary>The verbs of the tool. All they do is public API.</summary>
internal static class CommandLine
{
    /// <summary>
    /// Does what a command line says; returns the exit code. A word that is not known is said alone: a verb's help is longer than
    /// a screen.
    /// </summary>
    public static int Invoke(string[] line, InvocationConfiguration settings)
    {
        var given = Root().Parse(line);
        if (given is not { Action: ParseErrorAction error, CommandResult.Command: Verb verb })
            return given.Invoke(settings);
        error.ShowHelp = false;
        var code = given.Invoke(settings);
        settings.Error.WriteLine($"All options: mlnet-detect {verb.Name} --help");
        return code;
    }

    public static RootCommand Root()
    {
        var root = new RootCommand(
            "Trains, runs, evaluates and inspects ONNX object detectors, and the data sets they learn from, in .NET.")
        {
            new TrainVerb(), new PredictVerb(), new EvaluateVerb(), new InspectVerb(), new ReportVerb(),
            new ConvertVerb(), new LossesVerb(), new ArtifactsVerb(), new WebVerb(), new QuantizeVerb(), new TuneVerb(), new NewVerb(),
        };
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        return root;
    }
}
