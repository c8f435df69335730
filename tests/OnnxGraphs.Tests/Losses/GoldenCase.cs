using System.Text.Json;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;

namespace OnnxGraphs.Tests.Losses;

/// <summary>One case of a golden group: parameters, inputs and float64 results.</summary>
public sealed class GoldenCase(JsonElement json)
{
    public string Name { get; } = json.GetProperty("name").GetString()!;

    public string Kind { get; } =
        (json.TryGetProperty("loss", out var loss) ? loss : json.GetProperty("op")).GetString()!;

    public bool HasInput(string name) => json.GetProperty("inputs").TryGetProperty(name, out _);

    public Tensor Input(string name) => ReadTensor(json.GetProperty("inputs").GetProperty(name));

    /// <summary>A number among the parameters; NaN where it is null, the default where it is missing.</summary>
    public float Number(string name, float missing = float.NaN) => Find("params", name) switch
    {
        { ValueKind: JsonValueKind.Number } number => (float)number.GetDouble(),
        null => missing,
        _ => float.NaN,
    };

    public string Text(string name) => Find("params", name)!.Value.ToString();

    public bool Has(string name) => Find("params", name) is not null;

    public bool Flag(string name) => Find("params", name)?.GetBoolean() ?? false;

    public float[] Numbers(string name) =>
        [.. Find("params", name)!.Value.EnumerateArray().Select(e => (float)e.GetDouble())];

    /// <summary>The expected value: one number, or all of a tensor.</summary>
    public double[] Value => Doubles(json.GetProperty("expected").GetProperty("value"));

    public double[] Output(string name) => Doubles(Find("expected", "outputs")!.Value.GetProperty(name));

    public double[] Gradient(string input) => Doubles(Find("expected", "grads")!.Value.GetProperty(input));

    public Tensor? Upstream => Find("expected", "upstream") is { } upstream ? ReadTensor(upstream) : null;

    /// <summary>Where the function has a kink and another subgradient than the stored one is as good.</summary>
    public HashSet<int> Kinks(string input) => Find("expected", "subgradient_at") is { } all
        && all.TryGetProperty(input, out var at)
        ? [.. at.EnumerateArray().Select(e => e.GetInt32())] : [];

    /// <summary>How far the same formula in float32 is off in PyTorch.</summary>
    public double ValueDeviation => Find("expected", "float32_deviation")?.GetProperty("value_abs").GetDouble() ?? 0;

    public double GradientDeviation(string input) => Find("expected", "float32_deviation") is { } deviation
        && deviation.TryGetProperty("grads_abs", out var all) && all.TryGetProperty(input, out var one)
            ? one.GetDouble() : 0;

    /// <summary>The loss with the reduction of the case: none, sum or mean.</summary>
    public Loss Reduced(Loss loss) => loss with
    {
        Reduction = Text("reduction") == "none" ? Reduction.None : Reduction.Batch,
        Normalizer = Text("reduction") == "mean" ? Normalizer.Mean : Normalizer.None,
    };

    public override string ToString() => Name;

    /// <summary>The cases of a group, copied beside the tests, whose loss is named; at least one.</summary>
    public static IEnumerable<object[]> Of(string group, params string[] losses)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "References", group, group + ".json");
        using var file = JsonDocument.Parse(File.ReadAllBytes(path));
        object[][] rows = [.. file.RootElement.GetProperty("cases").EnumerateArray()
            .Select(c => new GoldenCase(c.Clone()))
            .Where(c => losses.Contains(c.Kind))
            .Select(c => new object[] { c })];
        var named = string.Join(", ", losses);
        return rows.Length > 0 ? rows : throw new InvalidDataException($"{group} has no case of {named}.");
    }

    private JsonElement? Find(string part, string name) =>
        json.GetProperty(part).TryGetProperty(name, out var found) ? found : null;

    private static double[] Doubles(JsonElement value) => value.ValueKind == JsonValueKind.Number
        ? [value.GetDouble()] : [.. value.GetProperty("data").EnumerateArray().Select(e => e.GetDouble())];

    private static Tensor ReadTensor(JsonElement tensor)
    {
        var shape = new TensorShape([.. tensor.GetProperty("shape").EnumerateArray().Select(e => e.GetInt64())]);
        var data = tensor.GetProperty("data").EnumerateArray();
        return tensor.GetProperty("dtype").GetString() == "int64"
            ? Tensor.Of<long>(shape, [.. data.Select(e => e.GetInt64())])
            : Tensor.Of<float>(shape, [.. data.Select(e => (float)e.GetDouble())]);
    }
}
