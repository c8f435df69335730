using System.Globalization;
using System.Text;

namespace Benchmarks.Cuda;

/// <summary>Tables of a run, as Markdown; each is printed when it is done.</summary>
internal sealed class Report(string path)
{
    private readonly StringBuilder _text = new();

    /// <summary>Runs a part under its heading. One that fails says so, and the next one runs.</summary>
    public void Part(string title, Action part)
    {
        Line($"## {title}\n");
        try
        {
            part();
        }
        catch (Exception error)
        {
            Line($"Failed: {error.GetType().Name}: {error.Message}");
            Console.Error.WriteLine(error);
        }
        Line("");
        File.WriteAllText(path, _text.ToString());
    }

    /// <summary>A line of text.</summary>
    public void Line(FormattableString text) => Line(text.ToString(CultureInfo.InvariantCulture));

    /// <summary>A line of text.</summary>
    public void Line(string text)
    {
        _text.Append(text).Append('\n');
        Console.WriteLine(text);
    }

    /// <summary>The heading of a table.</summary>
    public void Columns(params string[] names)
    {
        Row(names);
        Row([.. names.Select(_ => "---")]);
    }

    /// <summary>A row of a table.</summary>
    public void Row(params string[] cells) => Line($"| {string.Join(" | ", cells)} |".ToString());
}
