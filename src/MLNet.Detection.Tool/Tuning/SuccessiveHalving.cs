namespace MLNet.Detection.Tool.Tuning;

/// <summary>
/// Successive halving: all trials run for few epochs, the best part of them for so many times as many, and so on until
/// the most epochs are reached or one is left. Jamieson and Talwalkar 2016, https://arxiv.org/abs/1502.07943
/// </summary>
/// <param name="LeastEpochs">Epochs of the first round.</param>
/// <param name="MostEpochs">Epochs of the last round.</param>
/// <param name="Factor">How many times as many epochs a round has as the one before; one of so many trials goes on.</param>
internal sealed record SuccessiveHalving(int LeastEpochs, int MostEpochs, int Factor)
{
    /// <summary>Refuses rounds that are none.</summary>
    /// <exception cref="ArgumentException">There are no epochs, fewer in the last round than in the first, or no factor.</exception>
    public void Check()
    {
        if (LeastEpochs < 1 || MostEpochs < LeastEpochs || Factor < 2)
            throw new ArgumentException($"Rounds of {LeastEpochs} to {MostEpochs} epochs, each {Factor} times as long as the one "
                + "before, are no search; expected at least 1 epoch, no fewer in the last round, and a factor of 2 or more.");
    }

    /// <summary>Runs the search; the trials come back with the best first.</summary>
    /// <param name="trials">The trials.</param>
    /// <param name="run">Runs a trial for so many epochs, and returns its score.</param>
    public IReadOnlyList<Trial> Search(IReadOnlyList<Trial> trials, Func<Trial, int, double> run)
    {
        Check();
        var (going, done) = (trials.ToList(), new List<Trial>());
        for (var epochs = LeastEpochs; ; epochs = Math.Min(MostEpochs, epochs * Factor))
        {
            going = [.. going.Select(trial => trial with { Epochs = epochs, Score = run(trial, epochs) })
                .OrderByDescending(trial => trial.Score).ThenBy(trial => trial.Number)];
            if (epochs == MostEpochs || going[0].Score < 0)
                break;
            var kept = (going.Count + Factor - 1) / Factor;
            done.InsertRange(0, going.Skip(kept));
            going = going[..kept];
        }
        return [.. going, .. done];
    }
}
