using MLNet.Detection.Tool.Terminal;
using OnnxGraphs.Distributed;
using Spectre.Console;

namespace MLNet.Detection.Tool.Training;

/// <summary>
/// A run on the processes that an MPI launcher started, or on this one alone. Rank 0 alone prints; a failure on any rank
/// ends all of them with its message.
/// </summary>
internal sealed class RankedRun
{
    private const int Failed = 1;

    // What fails on all ranks alike is said by rank 0, which ends the others before they speak.
    private static readonly TimeSpan Courtesy = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan PassedOn = TimeSpan.FromSeconds(0.5);

    private readonly MpiRanks? _launched;
    private bool _stoppedTogether;

    private RankedRun(MpiRanks? launched) => (_launched, Ranks) = (launched, (IRanks?)launched ?? new SingleRank());

    public IRanks Ranks { get; }

    /// <summary>Joins the other processes, does the work, and leaves them.</summary>
    public static void Do(Action<RankedRun> work)
    {
        var run = new RankedRun(MpiRanks.Join());
        if (run._launched is null)
        {
            work(run);
            return;
        }
        run.Speak();
        try
        {
            work(run);
        }
        catch (OperationCanceledException) when (run._stoppedTogether)
        {
            run._launched.Leave();
            throw;
        }
        catch (Exception error)
        {
            run.End(error);
            throw;
        }
        run._launched.Leave();
    }

    /// <summary>Trains; where that is stopped, all ranks have stopped.</summary>
    public T Train<T>(Func<T> training)
    {
        try
        {
            return training();
        }
        catch (OperationCanceledException)
        {
            _stoppedTogether = true;
            throw;
        }
    }

    /// <summary>Does on rank 0 what the others then find done.</summary>
    public void OnFirst(Action work)
    {
        if (Ranks.IsFirst())
            work();
        Ranks.Wait();
    }

    // Launchers give a process a terminal that nobody looks at: no bars that are drawn over.
    private void Speak()
    {
        Console.SetOut(Ranks.IsFirst() ? new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true } : TextWriter.Null);
        AnsiConsole.Console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(Console.Out),
        });
        Console.Out.WriteLine($"{Ranks.Count} ranks of {_launched!.Version}");
    }

    private void End(Exception error)
    {
        if (!Ranks.IsFirst())
            Thread.Sleep(Courtesy);
        Console.Error.WriteLine($"error on rank {Ranks.Rank} of {Ranks.Count}: "
            + (error is OperationCanceledException ? "stopped" : Verb.IsForUser(error) ? error.Message : error.ToString()));
        Console.Error.Flush();
        // Launchers may end before they have passed on what a process said last.
        Thread.Sleep(PassedOn);
        _launched!.Abort(Failed);
    }
}
