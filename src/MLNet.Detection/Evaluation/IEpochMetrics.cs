namespace MLNet.Detection.Evaluation;

/// <summary>What a trainer needs of the metrics that it measures after an epoch.</summary>
public interface IEpochMetrics
{
    /// <summary>The numbers shown, with their names, from 0 to 1.</summary>
    IReadOnlyList<(string Name, double Value)> Shown { get; }

    /// <summary>The number that decides which epoch is the best; the higher, the better.</summary>
    double Decisive { get; }

    /// <summary>The numbers shown, in words.</summary>
    string ToWords() => string.Join(", ", Shown.Select(pair => FormattableString.Invariant($"{pair.Name} {pair.Value:f3}")));
}
