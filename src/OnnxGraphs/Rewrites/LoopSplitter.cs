using OnnxGraphs.Kernels.Elementwise;

namespace OnnxGraphs.Rewrites;

/// <summary>
/// Cuts a long loop into several, which hand values on through the cache. A processor looks ahead over some two hundred
/// instructions, so that of a long body only few rounds overlap, and it waits for its own results: the time of a body
/// grows with the square of its length.
/// </summary>
internal sealed class LoopSplitter
{
    /// <summary>Instructions of a body: an exponential or a logarithm, and what belongs to it.</summary>
    private const int LongestBody = 32;

    private readonly LoopCode _whole;
    private readonly Func<Operand> _nextSlot;
    private readonly int[] _home;
    private readonly int[] _lastUse;
    private readonly LoopCode[] _parts;
    private readonly Dictionary<(int Part, int Value), int> _numbers = [];
    private readonly Dictionary<int, Operand> _kept = [];
    private readonly List<(Operand Slot, int Until)> _slots = [];

    private LoopSplitter(LoopCode whole, Func<Operand> nextSlot, bool fetchesAhead)
    {
        (_whole, _nextSlot) = (whole, nextSlot);
        (_home, _lastUse) = (new int[whole.Values.Count], new int[whole.Values.Count]);
        var (part, length) = (0, 0);
        foreach (var (i, value) in whole.Values.Index())
        {
            var cost = LaneOperations.Cost(value.Op);
            (part, length) = length + cost > LongestBody && length > 0 ? (part + 1, cost) : (part, length + cost);
            _home[i] = part;
            foreach (var operand in Operands(value))
                _lastUse[operand] = part;
        }
        _parts = [.. Enumerable.Range(0, part + 1).Select(_ => new LoopCode { FetchesAhead = fetchesAhead })];
    }

    /// <summary>Loops that do the same, one after the other; none where nothing is written.</summary>
    /// <param name="whole">The loop.</param>
    /// <param name="nextSlot">Gives slots for values on their way from loop to loop.</param>
    /// <param name="fetchesAhead">Whether several loops ask for inputs and outputs ahead.</param>
    public static IReadOnlyList<LoopCode> Split(LoopCode whole, Func<Operand> nextSlot, bool fetchesAhead)
    {
        var splitter = new LoopSplitter(whole, nextSlot, fetchesAhead);
        if (splitter._parts.Length > 1)
            splitter.Write();
        return [.. (splitter._parts.Length > 1 ? splitter._parts : [whole]).Where(part => part.Written.Count > 0)];
    }

    private void Write()
    {
        foreach (var (i, value) in _whole.Values.Index())
        {
            if (value.IsLeaf)
                continue;
            var number = Number(_home[i], i);
            if (_lastUse[i] > _home[i] && _whole.Memory(i) is null)
                _parts[_home[i]].Store(number, _kept[i] = Slot(_home[i], _lastUse[i]));
            Store(i, _home[i]);
        }
        foreach (var leaf in _whole.Stored.Where(value => _whole.Values[value].IsLeaf).Distinct())
            Store(leaf, _parts.Length - 1);
    }

    private void Store(int value, int part)
    {
        foreach (var (i, stored) in _whole.Stored.Index())
            if (stored == value)
                _parts[part].Store(Number(part, value), _whole.Written[i], _whole.Changes(_whole.Written[i]));
    }

    // The number that a value has in a part.
    private int Number(int part, int i)
    {
        if (i < 0 || _numbers.TryGetValue((part, i), out var number))
            return i < 0 ? i : _numbers[(part, i)];
        var (value, code) = (_whole.Values[i], _parts[part]);
        number = value.Op is LoopValue.Load or LoopValue.Scalar ? code.Load(_whole.Read[value.A])
            : value.IsLeaf ? code.Add(value)
            : part != _home[i] ? code.Load(_whole.Memory(i) ?? _kept[i])
            : code.Add(value with { A = Number(part, value.A), B = Number(part, value.B), C = Number(part, value.C) });
        return _numbers[(part, i)] = number;
    }

    // A slot is free again in the last part that reads it: a loop reads before it writes.
    private Operand Slot(int from, int until)
    {
        var free = _slots.FindIndex(slot => slot.Until <= from);
        var slot = free >= 0 ? _slots[free].Slot : _nextSlot();
        if (free >= 0)
            _slots.RemoveAt(free);
        _slots.Add((slot, until));
        return slot;
    }

    private static IEnumerable<int> Operands(LoopValue value) =>
        value.IsLeaf ? [] : new[] { value.A, value.B, value.C }.Where(operand => operand >= 0);
}
