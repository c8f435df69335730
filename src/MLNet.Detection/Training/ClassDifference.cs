namespace MLNet.Detection.Training;

/// <summary>How the classes of a network and of data differ, and what to do about it.</summary>
/// <param name="network">"detector" or "network".</param>
/// <param name="wanted">Its classes.</param>
/// <param name="found">Those of the data.</param>
internal sealed class ClassDifference(string network, IReadOnlyList<string> wanted, IReadOnlyList<string> found)
{
    /// <summary>Whether there is none; the order may differ, as classes are found by their names.</summary>
    public bool IsNone =>
        found.Order(StringComparer.Ordinal).SequenceEqual(wanted.Order(StringComparer.Ordinal));

    /// <summary>The error for data to learn from.</summary>
    public ArgumentException Error() => found.Except(wanted).Any() || wanted.Except(found).ToList() is not { Count: > 0 } lacking
        ? new($"{Both("data")}; import the {network} with the classes of the data.")
        : new($"{Both("data")}. The data has no {string.Join(", ", lacking)}: leave that out of the classes with which the {network} "
            + "is imported, or add pictures that show it. To train without such pictures, name it in the labels all the same "
            + "(WithClasses, or keyData of MapValueToKey).");

    /// <summary>The error for data to measure on, which shares no class.</summary>
    public ArgumentException Error(string measured) =>
        new($"{Both(measured)}; none is shared. Give data whose classes are named as the {network}'s.");

    private string Both(string data) => $"The {network}'s classes are {string.Join(", ", wanted)}, those of the {data} "
        + (found.Count > 0 ? string.Join(", ", found) : "none");
}
