namespace OnnxGraphs.Surgery;

/// <summary>
/// The channels of a map as a table: for each anchor of a cell some columns, of which a run are the classes.
/// </summary>
/// <param name="Map">Name of the value [B, anchors columns, H, W].</param>
/// <param name="Columns">Columns of an anchor.</param>
/// <param name="First">The first class column.</param>
/// <param name="Classes">Class columns.</param>
public sealed record MapColumns(string Map, int Columns, int First, int Classes)
{
    /// <summary>Columns of an anchor once there are other classes.</summary>
    internal int Resized(int classes) => Columns - Classes + classes;

    /// <summary>New column to the old one that it goes on from, where there is one.</summary>
    /// <param name="classes">The new number of classes.</param>
    /// <param name="kept">New class to old class.</param>
    internal IReadOnlyDictionary<int, int> Kept(int classes, IReadOnlyDictionary<int, int> kept) =>
        Enumerable.Range(0, First).Select(i => KeyValuePair.Create(i, i))
            .Concat(kept.Select(pair => KeyValuePair.Create(First + pair.Key, First + pair.Value)))
            .Concat(Enumerable.Range(First + Classes, Columns - First - Classes)
                .Select(i => KeyValuePair.Create(i - Classes + classes, i))).ToDictionary();
}
