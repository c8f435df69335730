using System.CommandLine;
using System.CommandLine.Parsing;
using Spectre.Console;

namespace MLNet.Detection.Tool.Terminal;

/// <summary>The files that a verb writes beside what it shows.</summary>
internal sealed class ReportFiles(string json, string html)
{
    private readonly Option<string?> _json = new("--json") { Description = json };
    private readonly Option<string?> _html = new("--html") { Description = html };
    private readonly Option<bool> _overwrite = new("--overwrite") { Description = "Replace files that exist." };

    public IReadOnlyList<Option> All => [_json, _html, _overwrite];

    /// <summary>Refuses files that cannot be written, before the work begins.</summary>
    public void Prepare(ParseResult given)
    {
        OutputPath.KeepApart(Read(given), [new(_json.Name, given.GetValue(_json)), new(_html.Name, given.GetValue(_html))]);
        OutputPath.Prepare(given.GetValue(_overwrite), given.GetValue(_json), given.GetValue(_html));
    }

    // Whatever else on the command line is a file.
    private IEnumerable<RunFile> Read(ParseResult given) =>
        from symbol in given.CommandResult.Children
        let name = symbol is OptionResult option ? option.Option.Name : ((ArgumentResult)symbol).Argument.Name
        where name != _json.Name && name != _html.Name
        from word in symbol.Tokens
        where File.Exists(word.Value)
        select new RunFile(name, word.Value);

    /// <summary>Writes what was asked for. A writer gets the path and whether a file there is replaced.</summary>
    public void Write(ParseResult given, Action<string, bool> json, Action<string, bool> html)
    {
        foreach (var (option, write) in new[] { (_json, json), (_html, html) })
            if (given.GetValue(option) is { } path)
            {
                write(path, given.GetValue(_overwrite));
                AnsiConsole.WriteLine($"Wrote {path}");
            }
    }
}
