using MLNet.Detection.Data.Inspection;
using MLNet.Detection.Tool.Terminal;
using Spectre.Console;

namespace MLNet.Detection.Tool.Datasets;

/// <summary>What the report shows on the console.</summary>
internal static class DatasetDisplay
{
    private const int Listed = 10;

    public static void Show(DatasetInspection data)
    {
        Tables.Write(["Part", "Pictures", "without boxes", "Boxes", "Crowds", "Difficult"], data.Splits.Select(split =>
            new[] { Name(split.Name), $"{split.Images}", $"{split.EmptyImages}", $"{split.Boxes}", $"{split.Crowds}",
                $"{split.Difficult}" }));
        var boxes = data.Splits.Select(split => $"Boxes in {Name(split.Name)}");
        string[] columns = ["Class", .. boxes, "Pictures", "Small", "Medium", "Large"];
        Tables.Write(columns, data.Splits[0].Classes.Select((c, i) =>
        {
            ClassStatistics[] each = [.. data.Splits.Select(split => split.Classes[i])];
            return (string[])[c.Name, .. each.Select(split => $"{split.Boxes}"), $"{each.Sum(split => split.Images)}",
                $"{each.Sum(split => split.Small)}", $"{each.Sum(split => split.Medium)}",
                $"{each.Sum(split => split.Large)}"];
        }));
        foreach (var anchors in data.Anchors)
            Tables.Write(
                [$"{anchors.Anchors} anchors in {Name(anchors.Split)}", "Boxes", "Recall at IoU 0.50", "Mean IoU"],
            [
                .. anchors.Classes.Select(
                    c => new[] { c.Name, $"{c.Boxes}", Tables.Number(c.Recall50), Tables.Number(c.MeanOverlap) }),
                ["all", $"{anchors.Boxes}", Tables.Number(anchors.Recall50), Tables.Number(anchors.MeanOverlap)],
            ]);
        Suspicions(data.Suspicions);
    }

    private static void Suspicions(IReadOnlyList<Suspicion> suspicions)
    {
        if (suspicions.Count > 0)
            Tables.Write(["Suspicion", "Found"], suspicions.CountBy(suspicion => suspicion.Kind)
                .Select(kind => new[] { $"{kind.Key}", $"{kind.Value}" }));
        foreach (var suspicion in suspicions.Take(Listed))
            AnsiConsole.WriteLine($"{suspicion.Split} {suspicion.Place}: {suspicion.Message}");
        if (suspicions.Count > Listed)
            AnsiConsole.WriteLine($"and {suspicions.Count - Listed} more; --json lists them all");
    }

    private static string Name(string split) => split.Length > 0 ? split : "all";
}
