namespace MLNet.Detection.Tool.Tuning;

/// <summary>The settings of a search: points of the space, each once.</summary>
internal static class TrialDraw
{
    private const int DrawsPerTrial = 100;

    // What the search sets itself, or measures on.
    private static readonly string[] Own = ["--epochs", "--output", "--overwrite", "--resume", "--test", "--dashboard"];

    /// <summary>Draws them; fewer where the space has fewer.</summary>
    public static IReadOnlyList<Trial> Of(SearchSpace space, int count, Random random)
    {
        var (trials, seen) = (new List<Trial>(), new HashSet<string>());
        for (var draw = 0; trials.Count < count && draw < DrawsPerTrial * count; draw++)
        {
            var arguments = space.Draw(random);
            if (seen.Add(string.Join('\n', arguments)))
                trials.Add(new(trials.Count + 1, arguments));
        }
        return trials;
    }

    /// <summary>Refuses options that no run of a search can have, before the first one.</summary>
    /// <exception cref="ArgumentException">The search sets it itself, or 'train' does not know it.</exception>
    public static void Check(IReadOnlyList<Trial> trials, string[] fixedOptions)
    {
        foreach (var trial in trials.Prepend(new(0, [])))
        {
            if (fixedOptions.Concat(trial.Arguments).FirstOrDefault(Own.Contains) is { } own)
                throw new ArgumentException($"{own} is not for runs of a search: it sets epochs and folders itself, and what it "
                    + "measures on is --val; keep the test set for the end.");
            if (trial.Arguments.Contains("--val"))
                throw new ArgumentException("--val is not for the space: settings that are measured on different data cannot be compared. "
                    + "Give it behind --.");
            if (CommandLine.Root().Parse(["train", .. fixedOptions, .. trial.Arguments]).Errors is [var error, ..])
                throw new ArgumentException($"{(trial.Number == 0 ? "Behind --" : $"Setting {trial.Number} ({string.Join(' ', trial.Arguments)})")}: "
                    + $"{error.Message} All options: mlnet-detect train --help");
        }
        if (!fixedOptions.Contains("--val"))
            throw new ArgumentException("A search needs data to measure on: give --val among the options of 'train', behind --.");
    }
}
