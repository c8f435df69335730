using System.Globalization;
using System.Text;

namespace OnnxGraphs.Inspection;

/// <summary>Writes a report as text.</summary>
public static class SummaryText
{
    internal static string Write(ModelSummary summary)
    {
        var text = new StringBuilder();
        text.AppendLine($"{System.IO.Path.GetFileName(summary.Path)}: opset {summary.Opset}, IR {summary.IrVersion}, "
            + $"{summary.Nodes} nodes" + (summary.Producer.Length > 0 ? $", written by {summary.Producer}" : ""));
        foreach (var (heading, rows) in Tables(summary))
            Section(text, heading, rows);
        return text.ToString();
    }

    /// <summary>What the report says, as tables with a heading.</summary>
    public static IEnumerable<(string Heading, IEnumerable<string[]> Rows)> Tables(ModelSummary summary) =>
    [
        ("Inputs", summary.Inputs.Select(Row)), ("Outputs", summary.Outputs.Select(Row)),
        ("Cut points", summary.Cuts.Select(cut => (string[])
            [cut.Value, cut.Shape?.ToString() ?? "?", $"{cut.Role}", cut.Activation ?? "no activation",
                $"{cut.Branches} layers"])),
        ("Structure", summary.Blocks.Select(block => (string[])
            [block.Name, block.Shape?.ToString() ?? "", $"{block.Nodes} nodes", $"{Number(block.Parameters)} weights",
                $"{Number(block.MultiplyAdds)} multiply-adds"])),
        ("Parameters", Parameters(summary)), ("Operators", Operators(summary)),
        ("A step of training, estimated for two cores", Steps(summary)),
        ("Problems", summary.Problems.Select(problem => (string[])[problem])),
    ];

    private static IEnumerable<string[]> Steps(ModelSummary summary) => summary.Cost is not { } cost ? []
        : ModelSummary.EstimatedBatches.Select(batch => cost.Estimate(batch)).Select(step => (string[])
            [$"batch {step.Images}", $"{Number(step.Seconds * 1000)} ms", $"{Number(step.Bytes / 1e6)} MB"]);

    /// <summary>A count with thousands, millions or billions shortened to three digits.</summary>
    public static string Number(double value) => value switch
    {
        >= 1e9 => Shown(value / 1e9) + " G", >= 1e6 => Shown(value / 1e6) + " M", >= 1e4 => Shown(value / 1e3) + " k",
        _ => value.ToString("0", CultureInfo.InvariantCulture),
    };

    private static string Shown(double value) =>
        value.ToString(value >= 100 ? "0" : value >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture);

    private static string[] Row(ValueSummary value) =>
        [value.Name, $"{value.Type} [{string.Join(", ", value.Shape)}]", value.Meaning];

    private static IEnumerable<string[]> Parameters(ModelSummary summary)
    {
        var heads = summary.Weights.Where(weight => weight.InHead).Sum(weight => weight.Elements);
        yield return ["trainable", Number(summary.TrainableParameters), $"{summary.Weights.Count} tensors"];
        yield return ["of these in heads", Number(heads), "trained alone: freeze all but heads"];
        yield return ["never trained", Number(summary.OtherParameters), "statistics, anchors, constants, unused"];
        if (summary.Weights.Count > 0)
            yield return ["layers deep",
                $"{summary.Weights.Max(weight => weight.Depth)}", "freezing by depth counts them"];
    }

    private static IEnumerable<string[]> Operators(ModelSummary summary)
    {
        var path = summary.Operators.Where(use => use.OnPath > 0).ToList();
        yield return ["to be trained through", string.Join(", ", path.Select(use => $"{use.Operator} {use.OnPath}"))];
        var blocked = summary.Operators.Where(use => use.Blocks).Select(use => use.Operator).ToList();
        yield return ["of these without gradient rule", blocked.Count == 0 ? "none" : string.Join(", ", blocked)];
        var beside = summary.Operators.Where(use => !use.HasGradient && use.OnPath == 0).ToList();
        if (beside.Count > 0)
            yield return ["elsewhere, without gradient rule",
                string.Join(", ", beside.Select(use => $"{use.Operator} {use.Count}"))];
    }

    /// <summary>A heading and rows, whose columns are aligned and whose last one is wrapped.</summary>
    public static void Section(StringBuilder text, string heading, IEnumerable<string[]> rows)
    {
        var all = rows.ToList();
        if (all.Count == 0)
            return;
        text.AppendLine().AppendLine(heading);
        var widths = Enumerable.Range(0, all.Max(row => row.Length) - 1)
            .Select(column => all.Where(row => row.Length > column + 1).Max(row => row[column].Length)).ToArray();
        foreach (var row in all)
        {
            var start = "  " + string.Concat(row[..^1].Select((cell, i) => cell.PadRight(widths[i] + 2)));
            foreach (var (i, line) in Wrap(row[^1], Math.Max(40, 118 - start.Length)).Index())
                text.AppendLine(((i == 0 ? start : new string(' ', start.Length)) + line).TrimEnd());
        }
    }

    private static IEnumerable<string> Wrap(string words, int width)
    {
        var line = "";
        foreach (var word in words.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = "";
            }
            line += line.Length > 0 ? " " + word : word;
        }
        yield return line;
    }
}
