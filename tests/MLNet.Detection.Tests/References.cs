using System.Runtime.InteropServices;
using System.Text.Json;
using MLNet.Detection.Boxes;

namespace MLNet.Detection.Tests;

/// <summary>The golden cases of one group, copied beside the tests.</summary>
internal static class References
{
    public static string PathOf(string group, string file) =>
        Path.Combine(AppContext.BaseDirectory, "References", group, file);

    public static IEnumerable<ReferenceCase> Load(string group)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(PathOf(group, group + ".json")));
        return [.. json.RootElement.GetProperty("cases").EnumerateArray().Select(c => new ReferenceCase(c.Clone()))];
    }

    /// <summary>One row of a data-driven test a case of the operation.</summary>
    public static IEnumerable<object[]> Named(string group, string operation)
    {
        var rows = Load(group).Where(c => c.Operation == operation).Select(c => new object[] { c }).ToArray();
        return rows.Length > 0 ? rows : throw new InvalidDataException($"{group} has no case of {operation}.");
    }
}

/// <summary>One case: parameters, inputs and expected numbers.</summary>
internal sealed class ReferenceCase(JsonElement json)
{
    public string Name { get; } = json.GetProperty("name").GetString()!;

    public string Operation { get; } =
        (json.TryGetProperty("op", out var op) ? op : json.GetProperty("loss")).GetString()!;

    public JsonElement Params => json.GetProperty("params");

    private JsonElement Expected => json.GetProperty("expected");

    public float Single(string parameter) => (float)Params.GetProperty(parameter).GetDouble();

    public int Integer(string parameter) => Params.GetProperty(parameter).GetInt32();

    public bool Flag(string parameter) => Params.GetProperty(parameter).GetBoolean();

    public int[] Shape(string input) => Numbers(Input(input).GetProperty("shape"), e => e.GetInt32());

    public float[] Floats(string input) => Numbers(Input(input).GetProperty("data"), e => (float)e.GetDouble());

    public int[] Integers(string input) => Numbers(Input(input).GetProperty("data"), e => e.GetInt32());

    public Box[] Boxes(string input) => MemoryMarshal.Cast<float, Box>(Floats(input)).ToArray();

    public double[] Value() => Numbers(Expected.GetProperty("value").GetProperty("data"), e => e.GetDouble());

    public int[] IntegerValue() => Numbers(Expected.GetProperty("value").GetProperty("data"), e => e.GetInt32());

    public bool HasOutput(string name) => Expected.GetProperty("outputs").TryGetProperty(name, out _);

    public double[] Output(string name)
    {
        var output = Expected.GetProperty("outputs").GetProperty(name);
        return output.ValueKind == JsonValueKind.Number
            ? [output.GetDouble()]
            : Numbers(output.GetProperty("data"), e => e.GetDouble());
    }

    public override string ToString() => Name;

    public static T[] Numbers<T>(JsonElement array, Func<JsonElement, T> read) =>
        [.. array.EnumerateArray().Select(read)];

    private JsonElement Input(string name) => json.GetProperty("inputs").GetProperty(name);
}

/// <summary>Comparisons that say where and by how much.</summary>
internal static class Close
{
    /// <summary>|actual - expected| at most tolerance * max(1, |expected|), element by element.</summary>
    public static void To(IReadOnlyList<double> expected, ReadOnlySpan<float> actual, double tolerance, string what)
    {
        Assert.AreEqual(expected.Count, actual.Length, $"{what}: count");
        for (var i = 0; i < expected.Count; i++)
            Assert.IsTrue(
                Math.Abs(actual[i] - expected[i]) <= tolerance * Math.Max(1.0, Math.Abs(expected[i])),
                $"{what}: element {i} is {actual[i]:R}, expected {expected[i]:R}");
    }

    public static void To(IReadOnlyList<double> expected, ReadOnlySpan<Box> actual, double tolerance, string what) =>
        To(expected, MemoryMarshal.Cast<Box, float>(actual), tolerance, what);
}
