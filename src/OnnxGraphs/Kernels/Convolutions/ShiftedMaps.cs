namespace OnnxGraphs.Kernels.Convolutions;

/// <summary>
/// The entries of a kernel in two dimensions: each different shift of the source's maps once, and which of them the
/// interleaved maps of the target are sums of.
/// </summary>
internal sealed class ShiftedMaps
{
    public ShiftedMaps(PhasedMap map, FilterAxis rows, FilterAxis columns)
    {
        var offsets = rows.Taps.SelectMany(row => columns.Taps.Select(column => map.Offset(row, column))).ToList();
        Offsets = [.. offsets.Distinct()];
        Phases = [.. Enumerable.Range(0, rows.TargetStride).SelectMany(row => Enumerable.Range(0, columns.TargetStride)
            .Select(column => Runs(Taps(rows, row).SelectMany(r => Taps(columns, column)
                .Select(c => r * columns.Taps.Count + c)).Select(tap => (tap, Array.IndexOf(Offsets, offsets[tap]))))))];
    }

    /// <summary>Where each shifted map begins.</summary>
    public int[] Offsets { get; }

    /// <summary>For each interleaved map of the target, row by row, what it sums up.</summary>
    public IReadOnlyList<IReadOnlyList<TapRun>> Phases { get; }

    // The entries of an axis that add to a phase of the target.
    private static IEnumerable<int> Taps(FilterAxis axis, int phase) =>
        axis.Taps.Index().Where(tap => tap.Item.TargetPhase == phase).Select(tap => tap.Index);

    private static List<TapRun> Runs(IEnumerable<(int Tap, int Slot)> taps)
    {
        var runs = new List<TapRun>();
        foreach (var (tap, slot) in taps)
            if (runs.Count > 0 && runs[^1] is var last && (last.Tap + last.Count, last.Slot + last.Count) == (tap, slot))
                runs[^1] = last with { Count = last.Count + 1 };
            else
                runs.Add(new(tap, slot, 1));
        return runs;
    }
}
