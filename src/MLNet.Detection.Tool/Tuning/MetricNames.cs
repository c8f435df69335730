namespace MLNet.Detection.Tool.Tuning;

/// <summary>The numbers of metrics.json that a search can go by; the higher the better.</summary>
internal static class MetricNames
{
    public static IReadOnlyList<string> Detect { get; } =
        ["MAP50_95", "MAP50", "MAP75", "MAPSmall", "MAPMedium", "MAPLarge", "AR1", "AR10", "AR100", "ARSmall", "ARMedium", "ARLarge"];

    public static IReadOnlyList<string> Segment { get; } =
    [
        "MeanIoU", "ForegroundIoU", "MeanDice", "DicePerPicture", "PixelAccuracy", "MeanAccuracy", "FrequencyWeightedIoU", "BoundaryF1",
        "ObjectAP", "ObjectAP50", "AggregatedJaccard", "TouchingToldApart",
    ];

    /// <summary>Refuses a number that no run will write, before the first one.</summary>
    /// <param name="metric">Its name.</param>
    /// <param name="train">Options of 'train' that all runs have.</param>
    /// <exception cref="ArgumentException">There is none of this name.</exception>
    public static void Check(string metric, IReadOnlyList<string> train)
    {
        var task = train.Zip(train.Skip(1)).LastOrDefault(pair => pair.First == "--task").Second
            ?? train.LastOrDefault(word => word.StartsWith("--task=", StringComparison.Ordinal))?["--task=".Length..] ?? "detect";
        var known = task == "segment" ? Segment : Detect;
        if (!known.Contains(metric))
            throw new ArgumentException($"--metric is '{metric}'; runs of --task {task} have {string.Join(", ", known)}.");
    }
}
