using MLNet.Detection.Masks;

namespace MLNet.Detection.Data;

/// <summary>The classes of masks beside those of a network, where they are found by their names.</summary>
internal sealed class MaskClasses
{
    private readonly string _source;
    private readonly IReadOnlyList<string> _own, _wanted;

    /// <exception cref="DatasetException">The two share no class.</exception>
    public MaskClasses(string source, IReadOnlyList<string> own, IReadOnlyList<string> wanted)
    {
        (_source, _own, _wanted) = (source, own, wanted);
        if (own.Count > 0 && !own.Any(wanted.Contains))
            throw new DatasetException(source, "", $"none of the classes of its masks ({string.Join(", ", own)}) is a class of the "
                + $"network ({string.Join(", ", wanted)})", "Name the classes of the masks as the network does "
                + $"({nameof(MaskOptions)}.{nameof(MaskOptions.Classes)}, or --classes), or take data with those classes.");
    }

    /// <summary>The network's number of each number of the data; pixels of classes that it lacks do not count.</summary>
    public byte[] Numbers => _own.Count == 0 ? [.. Enumerable.Range(0, _wanted.Count + 1).Select(i => (byte)i)]
        : [0, .. _own.Select(name => _wanted.ToList().IndexOf(name) is >= 0 and var i ? (byte)(i + 1) : LabelMap.Ignored)];

    /// <summary>What is to be said of classes that the network lacks; null where it has them all.</summary>
    public string? Warning => _own.Except(_wanted).ToList() is { Count: > 0 } unknown
        ? $"{_source} has classes that the network does not: {string.Join(", ", unknown)}; it has {string.Join(", ", _wanted)}. Their "
            + "pixels do not count." : null;
}
