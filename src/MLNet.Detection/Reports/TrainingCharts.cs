namespace MLNet.Detection.Reports;

/// <summary>The section of curves over the run: losses, validation metrics, learning rate.</summary>
internal static class TrainingCharts
{
    private const int MostPoints = 400;

    public static HtmlText Draw(ReportData data)
    {
        var html = new HtmlText();
        var charts = new[] { Losses(data), Validation(data), LearningRate(data) }.OfType<LineChart>().ToArray();
        if (charts.Length == 0)
            return html;
        html.Add($"<section><h2>Training</h2><div class=\"charts\">\n");
        foreach (var chart in charts)
            html.Add($"{(charts.Length % 2 == 1 && chart == charts[0] ? chart with { Wide = true } : chart).Draw()}");
        return html.Add($"</div></section>\n");
    }

    /// <summary>The mean of each epoch, at the epoch's middle; X counts epochs.</summary>
    public static CurvePoint[] EpochMeans(IEnumerable<CurvePoint> steps, int stepsPerEpoch) =>
    [
        .. steps.Where(point => double.IsFinite(point.Y))
            .GroupBy(point => Math.Floor(point.X / stepsPerEpoch))
            .Select(epoch => new CurvePoint(epoch.Key + 0.5, epoch.Average(point => point.Y))),
    ];

    private static LineChart? Losses(ReportData data)
    {
        if (data.Losses.All(curve => curve.Points.Count == 0))
            return null;
        var epochs = Math.Max(1, data.StepsPerEpoch);
        var means = data.Losses.Select(curve => EpochMeans(curve.Points, epochs)).ToArray();
        var lines = data.Losses
            .Select((curve, i) => new ChartLine(curve.Name, InEpochs(Thin(curve.Points), epochs), i, Faint: true))
            .Concat(data.Losses.Select((curve, i) => new ChartLine(curve.Name, means[i], i)));
        var highest = means.SelectMany(points => points).Select(point => point.Y).DefaultIfEmpty(1).Max();
        return new("Loss: every step, and the mean of each epoch",
            Epochs(data.Losses.SelectMany(curve => curve.Points), epochs),
            ChartAxis.FromZero("loss", 1.1 * highest), [.. lines]);
    }

    private static LineChart? Validation(ReportData data)
    {
        var points = data.Validation.SelectMany(curve => curve.Points).ToArray();
        return points.Length == 0 ? null : new("Validation", ChartAxis.FromZero("epoch", points.Max(point => point.X)),
            new("metric", 0, 1), [.. data.Validation.Select((curve, i) => new ChartLine(curve.Name, curve.Points, i))]);
    }

    private static LineChart? LearningRate(ReportData data)
    {
        if (data.LearningRate.Count == 0)
            return null;
        var epochs = Math.Max(1, data.StepsPerEpoch);
        return new("Learning rate", Epochs(data.LearningRate, epochs),
            ChartAxis.FromZero("learning rate", 1.05 * data.LearningRate.Max(point => point.Y)),
            [new("learning rate", InEpochs(data.LearningRate, epochs), 0)]);
    }

    private static ChartAxis Epochs(IEnumerable<CurvePoint> steps, int stepsPerEpoch) =>
        ChartAxis.FromZero("epoch", (steps.Max(point => point.X) + 1) / stepsPerEpoch);

    private static CurvePoint[] InEpochs(IEnumerable<CurvePoint> steps, int stepsPerEpoch) =>
        [.. steps.Select(point => point with { X = point.X / stepsPerEpoch })];

    // Means of neighbours: a chart is a few hundred pixels wide, a long run has a hundred thousand steps.
    private static IEnumerable<CurvePoint> Thin(IReadOnlyList<CurvePoint> points) =>
        points.Where(point => double.IsFinite(point.Y)).Chunk((points.Count + MostPoints - 1) / MostPoints)
            .Select(bin => new CurvePoint(bin.Average(point => point.X), bin.Average(point => point.Y)));
}
