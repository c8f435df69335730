using System.Collections;
using System.Globalization;

namespace OnnxGraphs.Graphs;

/// <summary>
/// The attributes of a node by name. A value is a long, float, string, long[], float[], string[] or
/// <see cref="Tensor"/>.
/// </summary>
public sealed class Attributes : IEnumerable<KeyValuePair<string, object>>
{
    private readonly SortedDictionary<string, object> _values = new(StringComparer.Ordinal);

    /// <summary>No attributes.</summary>
    public static Attributes None { get; } = [];

    /// <summary>Adds an attribute while the collection is being built.</summary>
    public void Add(string name, object value) => _values[name] = value is int i ? (long)i : value;

    /// <summary>Whether the attribute is given.</summary>
    public bool Has(string name) => _values.ContainsKey(name);

    /// <summary>An integer attribute.</summary>
    public long Int(string name, long missing) => Get(name, missing);

    /// <summary>An integer attribute read as a truth value.</summary>
    public bool Flag(string name, bool missing = false) => Int(name, missing ? 1 : 0) != 0;

    /// <summary>A float attribute.</summary>
    public float Float(string name, float missing) => Get(name, missing);

    /// <summary>A text attribute.</summary>
    public string Text(string name, string missing) => Get(name, missing);

    /// <summary>A list of integers; null where it is not given.</summary>
    public long[]? Ints(string name) => Get<long[]?>(name, null);

    /// <summary>A list of floats; null where it is not given.</summary>
    public float[]? Floats(string name) => Get<float[]?>(name, null);

    /// <summary>A tensor; null where it is not given.</summary>
    public Tensor? Tensor(string name) => Get<Tensor?>(name, null);

    /// <summary>A copy with one attribute added or replaced.</summary>
    public Attributes With(string name, object value)
    {
        Attributes copy = [];
        foreach (var (key, old) in _values)
            copy.Add(key, old);
        copy.Add(name, value);
        return copy;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object>> GetEnumerator() => _values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>All attributes as text; equal texts mean equal attributes.</summary>
    public override string ToString() => string.Join(' ', _values.Select(pair => $"{pair.Key}={Text(pair.Value)}"));

    private static string Text(object value) => value switch
    {
        long[] list => string.Join(',', list),
        float[] list => string.Join(',', list.Select(v => v.ToString("R", CultureInfo.InvariantCulture))),
        string[] list => string.Join(',', list),
        Tensor tensor => $"{tensor.Type}{tensor.Shape}{Convert.ToHexString(tensor.Data)}",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    private T Get<T>(string name, T missing) => !_values.TryGetValue(name, out var value) ? missing
        : value is T typed ? typed
        : throw new GraphException($"Attribute '{name}' is a {value.GetType().Name}, expected {typeof(T).Name}.");
}
