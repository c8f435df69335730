using System.CommandLine;
using FineTune;
using Microsoft.ML.OnnxRuntime;
using MLNet.Detection.Data;
using MLNet.Detection.Images;
using MLNet.Detection.Training;
using OnnxGraphs.Models;
using Spectre.Console;

// Tunes an exported ONNX detector on a COCO data set and writes model, metrics, log and report.
// All it does is public API.
var errors = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
var settings = new Settings();
var command = new RootCommand(Settings.Description);
foreach (var option in settings.All)
    command.Options.Add(option);
command.SetAction(Run);
// Ctrl+C and SIGTERM end the run between two steps, however long the checkpoint takes.
return command.Parse(args).Invoke(new InvocationConfiguration { ProcessTerminationTimeout = null });

int Run(ParseResult given)
{
    using var stop = new StopSignals();
    try
    {
        new Run(given, settings, stop.Token).Go();
        return 0;
    }
    catch (OperationCanceledException)
    {
        errors.MarkupLineInterpolated($"[yellow]Stopped.[/] Go on with --resume {settings.OutputFolder(given)}");
        return stop.ExitCode;
    }
    catch (Exception error) when (error is ModelException or DatasetException or UnreadableImageException
        or TrainingDivergedException or IOException or UnauthorizedAccessException or ArgumentException
        or InvalidOperationException or OnnxRuntimeException)
    {
        errors.MarkupLineInterpolated($"[red]error:[/] {error.Message}");
        return 1;
    }
}
