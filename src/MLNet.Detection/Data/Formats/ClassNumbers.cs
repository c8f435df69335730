namespace MLNet.Detection.Data.Formats;

/// <summary>Numbers the classes that boxes name: as they are given, or by their names.</summary>
/// <param name="given">The class names; null to collect them.</param>
internal sealed class ClassNumbers(IReadOnlyList<string>? given)
{
    private readonly Dictionary<string, int> _numbers = Numbered(given);
    private int[]? _final;

    /// <summary>The number of a box's class for now; null where it names none.</summary>
    /// <exception cref="DatasetException">The class is not among those given.</exception>
    public int? Number(FoundBox box)
    {
        var name = box.Label.Trim();
        if (name.Length == 0)
            return null;
        if (_numbers.TryGetValue(name, out var number))
            return number;
        if (given is not null)
            throw box.Place.Error(
                $"the class \"{name}\" is not among {string.Join(", ", given)}",
                "Add it to the classes, or remove the box.");
        return _numbers[name] = _numbers.Count;
    }

    /// <summary>The number of a class in <see cref="List"/>, when all boxes are numbered.</summary>
    public int Final(int number)
    {
        _final ??= Order();
        return _final[number];
    }

    /// <summary>The classes; one without a name is left out, the others keep their ids.</summary>
    public IEnumerable<Category> List(int firstId) => given is null
        ? _numbers.Keys.Order(StringComparer.Ordinal).Select((name, i) => new Category(firstId + i, name))
        : given.Select((name, i) => new Category(firstId + i, name.Trim())).Where(category => category.Name.Length > 0);

    private int[] Order()
    {
        if (given is not null)
            return [.. Enumerable.Range(0, _numbers.Count)];
        var final = new int[_numbers.Count];
        foreach (var (i, name) in _numbers.Keys.Order(StringComparer.Ordinal).Index())
            final[_numbers[name]] = i;
        return final;
    }

    private static Dictionary<string, int> Numbered(IReadOnlyList<string>? names)
    {
        var numbers = new Dictionary<string, int>();
        foreach (var name in (names ?? []).Select(name => name.Trim()).Where(name => name.Length > 0))
            if (!numbers.TryAdd(name, numbers.Count))
                throw new ArgumentException($"The class \"{name}\" is given twice.");
        return numbers;
    }
}
