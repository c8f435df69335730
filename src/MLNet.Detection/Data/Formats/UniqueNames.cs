namespace MLNet.Detection.Data.Formats;

/// <summary>Makes names distinct, also where file systems do not tell cases apart.</summary>
internal sealed class UniqueNames
{
    private readonly HashSet<string> _taken = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The name, or the first of name_2, name_3, ... that is free.</summary>
    public string Next(string name)
    {
        var free = name;
        for (var number = 2; !_taken.Add(free); number++)
            free = $"{name}_{number}";
        return free;
    }
}
