using System.Globalization;
using Spectre.Console;

namespace MLNet.Detection.Tool.Terminal;

/// <summary>Tables on the console.</summary>
internal static class Tables
{
    public static void Write(IEnumerable<string> columns, IEnumerable<IEnumerable<string>> rows)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns([.. columns.Select(Markup.Escape)]);
        foreach (var row in rows)
            table.AddRow([.. row.Select(Markup.Escape)]);
        AnsiConsole.Write(table);
    }

    /// <summary>Three decimals; a dash for what there is none of, which COCO writes as -1.</summary>
    public static string Number(double? value) =>
        value is not { } number || double.IsNaN(number) || number < 0 ? "-"
        : number.ToString("f3", CultureInfo.InvariantCulture);
}
