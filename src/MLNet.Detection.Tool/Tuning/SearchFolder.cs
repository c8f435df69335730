using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace MLNet.Detection.Tool.Tuning;

/// <summary>The folder of a search: its runs, and a note of what is searched, by which a search that was stopped is known.</summary>
/// <param name="path">The folder.</param>
/// <param name="search">What is searched: the options of the command line, with the content of the space.</param>
internal sealed class SearchFolder(string path, JsonObject search)
{
    private static readonly JsonSerializerOptions Readable =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Regex RunName = new(@"^trial-\d{3,}-epochs-\d+$");

    private string Note => Path.Combine(path, "search.json");

    /// <summary>The table of all trials.</summary>
    public string Table => Path.Combine(path, "tune.csv");

    /// <summary>The folder of a run.</summary>
    public string Run(Trial trial, int epochs) => Path.Combine(path, $"trial-{trial.Number:d3}-epochs-{epochs}");

    /// <summary>Makes the folder, and notes in it what is searched; the same search goes on, the runs of another one go.</summary>
    /// <exception cref="IOException">It holds another search, which may not be replaced.</exception>
    public void Begin(bool overwrite)
    {
        if (HoldsRuns && Other() is { Count: > 0 } other)
        {
            if (!overwrite)
                throw new IOException($"{path} holds another search ({string.Join(", ", other)}); give another --output, or --overwrite. "
                    + "A search that was stopped goes on with the options that it began with.");
            foreach (var run in Runs)
                Directory.Delete(run, recursive: true);
            File.Delete(Table);
        }
        Directory.CreateDirectory(path);
        File.WriteAllText(Note, search.ToJsonString(Readable));
    }

    private bool HoldsRuns => Directory.Exists(path)
        && (File.Exists(Table) || Runs.Count > 0);

    private IReadOnlyList<string> Runs => [.. Directory.EnumerateDirectories(path, "trial-*-epochs-*")
        .Where(folder => RunName.IsMatch(Path.GetFileName(folder)))];

    // What differs, by option.
    private List<string> Other()
    {
        if (!File.Exists(Note))
            return [$"without {Path.GetFileName(Note)}, which says what was searched"];
        try
        {
            return JsonNode.Parse(File.ReadAllText(Note)) is not JsonObject there ? [$"{Note} holds no object"]
                : [.. search.Select(option => option.Key).Union(there.Select(option => option.Key))
                    .Where(option => !JsonNode.DeepEquals(search[option], there[option])).Select(option => $"{option} differs")];
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            return [$"{Note} is not well-formed JSON"];
        }
    }
}
