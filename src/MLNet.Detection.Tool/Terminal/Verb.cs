using System.CommandLine;
using System.Globalization;
using System.Numerics;
using Microsoft.ML.OnnxRuntime;
using MLNet.Detection.Data;
using MLNet.Detection.Images;
using MLNet.Detection.Networks;
using MLNet.Detection.Training;
using OnnxGraphs.Models;
using Spectre.Console;

namespace MLNet.Detection.Tool.Terminal;

/// <summary>
/// A verb of the command line. What a user can put right ends in one line on the error stream and exit code 1, a run
/// that was stopped in 130 or 143, as shells count Ctrl+C and SIGTERM.
/// </summary>
internal abstract class Verb : Command
{
    private const int Failed = 1, Interrupted = 130;

    protected Verb(string name, string description) : base(name, description) => SetAction(Guarded);

    /// <summary>Command lines for the end of the help.</summary>
    public virtual string Examples => "";

    /// <summary>Does what the options say; <paramref name="cancel"/> is the user's Ctrl+C, or SIGTERM.</summary>
    protected abstract void Run(ParseResult given, CancellationToken cancel);

    /// <summary>Whether the verb ends by itself after Ctrl+C; otherwise the process just ends.</summary>
    protected virtual bool EndsByItself => false;

    /// <summary>How to go on after Ctrl+C.</summary>
    protected virtual string GoOn(ParseResult given) => "";

    /// <summary>Whether a message says all there is to say: what the user can put right.</summary>
    public static bool IsForUser(Exception error) => error is ModelException or DatasetException or InvalidDataException
        or UnreadableImageException or TrainingDivergedException or IOException or UnauthorizedAccessException
        or ArgumentException or InvalidOperationException or OnnxRuntimeException or DllNotFoundException;

    /// <summary>Whether an option stands on the command line.</summary>
    public static bool IsGiven(ParseResult given, Option option) => given.GetResult(option) is { Implicit: false };

    /// <summary>Refuses options that do nothing where another one is not given.</summary>
    /// <exception cref="ArgumentException">One was given without it.</exception>
    public static void Needs(ParseResult given, Option other, params ReadOnlySpan<Option> options)
    {
        if (IsGiven(given, other))
            return;
        foreach (var option in options)
            if (IsGiven(given, option))
                throw new ArgumentException($"{option.Name} does nothing without {other.Name}; give that too, or leave it out.");
    }

    /// <summary>Refuses a number below another.</summary>
    /// <exception cref="ArgumentException">It is.</exception>
    public static void AtLeast<T>(ParseResult given, Option<T> option, T least) where T : struct, INumber<T> =>
        Expect(given, option, value => value >= least, $"at least {least}");

    /// <summary>Refuses a number that is not above zero.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    public static void Positive<T>(ParseResult given, Option<T> option) where T : struct, INumber<T> =>
        Expect(given, option, value => value > T.Zero && T.IsFinite(value), "a number above 0");

    /// <summary>Refuses a number that is not between two others, or one of them.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    public static void Between<T>(ParseResult given, Option<T> option, T least, T most) where T : struct, INumber<T> =>
        Expect(given, option, value => value >= least && value <= most, $"a number from {least} to {most}");

    private static void Expect<T>(ParseResult given, Option<T> option, Func<T, bool> isRight, string expected)
        where T : struct, INumber<T>
    {
        if (given.GetValue(option) is var value && !isRight(value))
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{option.Name} is {value}; expected {expected}."));
    }

    /// <summary>Says on the error stream what was found of a file.</summary>
    public static void Warn(PictureNetwork model)
    {
        foreach (var warning in model.Warnings)
            Warn(warning);
    }

    /// <summary>Says on the error stream what does not stop the work.</summary>
    public static void Warn(string warning) => Errors.MarkupLineInterpolated($"[yellow]warning:[/] {warning}");

    private int Guarded(ParseResult given)
    {
        using var stop = EndsByItself ? new StopSignals() : null;
        try
        {
            Run(given, stop?.Token ?? CancellationToken.None);
            return 0;
        }
        catch (OperationCanceledException)
        {
            Errors.MarkupLineInterpolated($"[yellow]Stopped.[/] {GoOn(given)}");
            return stop?.ExitCode ?? Interrupted;
        }
        catch (Exception error) when (IsForUser(error))
        {
            Errors.MarkupLineInterpolated($"[red]error:[/] {error.Message}");
            return Failed;
        }
    }

    // In a file or a pipe a message is one line, which can be searched for.
    private static IAnsiConsole Errors
    {
        get
        {
            var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
            if (Console.IsErrorRedirected)
                console.Profile.Width = short.MaxValue;
            return console;
        }
    }
}
