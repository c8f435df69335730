using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MLNet.Detection.Data;

namespace MLNet.Detection.Tool.Tuning;

/// <summary>
/// What a search may choose, by option of <c>train</c>, from a JSON file: a list of choices, or a range,
/// <c>{"log": [1e-4, 1e-2]}</c>, <c>{"uniform": [0, 0.1]}</c>, <c>{"int": [1, 5]}</c>. A choice is a number, a text, a list of
/// texts for an option that takes several, <c>true</c> for one that takes none, or <c>null</c> or <c>false</c> to leave
/// the option out.
/// </summary>
internal sealed class SearchSpace
{
    private readonly string _path;
    private readonly IReadOnlyList<(string Option, JsonNode Values)> _options;

    private SearchSpace(string path, JsonObject json)
    {
        _path = path;
        _options = [.. json.Select(pair => (pair.Key, pair.Value ?? throw Wrong(pair.Key, "null")))];
        if (_options.Count == 0)
            throw new DatasetException(path, "", "there is nothing to choose", "Name options of 'train' with their choices.");
        _ = Draw(new Random(0));
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="DatasetException">It is missing, no JSON, or not as the description says.</exception>
    public static SearchSpace Load(string path)
    {
        try
        {
            return new(path, JsonNode.Parse(File.ReadAllText(path)) as JsonObject
                ?? throw new DatasetException(path, "", "it holds no object",
                    "Write { \"lr\": { \"log\": [1e-4, 1e-2] } }, say."));
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            throw new DatasetException(path, "", $"it is not well-formed JSON ({error.Message})", "Correct it.");
        }
    }

    /// <summary>A point of the space, as arguments of the command line.</summary>
    public IReadOnlyList<string> Draw(Random random) =>
        [.. _options.SelectMany(option => Arguments(option.Option, Drawn(option.Option, option.Values, random)))];

    private JsonNode? Drawn(string option, JsonNode values, Random random)
    {
        if (values is JsonArray { Count: > 0 } choices)
            return choices[random.Next(choices.Count)];
        if (values is not JsonObject { Count: 1 } range || range.First() is not { Value: JsonArray { Count: 2 } ends } kind
            || !Number(ends[0], out var from) || !Number(ends[1], out var to) || from > to)
            throw Wrong(option, values.ToJsonString());
        var at = random.NextDouble();
        return kind.Key switch
        {
            "uniform" => from + at * (to - from), "log" when from > 0 => from * Math.Pow(to / from, at),
            "int" => Math.Floor(from + at * (to - from + 1)), _ => throw Wrong(option, values.ToJsonString()),
        };
    }

    private IEnumerable<string> Arguments(string option, JsonNode? value) => value switch
    {
        null => [],
        JsonArray list => list.Count == 0 ? [] : list.Select(item => Text(option, item)).Prepend("--" + option),
        JsonValue single when single.GetValueKind() is JsonValueKind.True => ["--" + option],
        JsonValue single when single.GetValueKind() is JsonValueKind.False => [],
        _ => ["--" + option, Text(option, value)],
    };

    private string Text(string option, JsonNode? value) => value switch
    {
        JsonValue text when text.GetValueKind() == JsonValueKind.String => text.GetValue<string>(),
        _ when Number(value, out var number) => number.ToString("g6", CultureInfo.InvariantCulture),
        _ => throw Wrong(option, value?.ToJsonString() ?? "null"),
    };

    private static bool Number(JsonNode? node, out double number)
    {
        number = 0;
        return node is JsonValue value && value.GetValueKind() == JsonValueKind.Number
            && double.TryParse(value.ToJsonString(), CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
    }

    private DatasetException Wrong(string option, string found) => new(_path, $"\"{option}\"", $"found {found}",
        "Expected a list of choices, or {\"log\": [from, to]}, {\"uniform\": [from, to]} or "
        + "{\"int\": [from, to]}, from above 0 for log.");
}
