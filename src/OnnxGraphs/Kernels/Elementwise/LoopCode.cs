using System.Globalization;

namespace OnnxGraphs.Kernels.Elementwise;

/// <summary>
/// What a loop does with each element: values in an order of computation, each computed once, and where it reads and
/// writes. Equal texts mean equal loops.
/// </summary>
internal sealed class LoopCode
{
    private readonly List<LoopValue> _values = [];
    private readonly Dictionary<LoopValue, int> _numbers = [];
    private readonly List<Operand> _read = [];
    private readonly List<Operand> _written = [];
    private readonly List<int> _stored = [];
    private readonly HashSet<Operand> _changed = [];

    public IReadOnlyList<LoopValue> Values => _values;

    /// <summary>Whether inputs and outputs are asked for before they are needed: a loop that runs in turn with others has
    /// them wait for memory each time anew.</summary>
    public bool FetchesAhead { get; init; }

    /// <summary>What is read.</summary>
    public IReadOnlyList<Operand> Read => _read;

    /// <summary>What is written.</summary>
    public IReadOnlyList<Operand> Written => _written;

    /// <summary>The number of the value that is written to each of <see cref="Written"/>.</summary>
    public IReadOnlyList<int> Stored => _stored;

    /// <summary>Numbers of the places, first of <see cref="Read"/>, then of <see cref="Written"/>, that are asked for.</summary>
    public IEnumerable<int> Fetched => FetchesAhead ? _read.Concat(_written).Index()
        .Where(at => at.Item.Place is Place.Input or Place.Output).DistinctBy(at => at.Item).Select(at => at.Index) : [];

    /// <summary>The number of the value, an earlier one where it is computed already.</summary>
    public int Add(LoopValue given)
    {
        var value = Simpler(given);
        if (!_numbers.TryGetValue(value, out var number))
        {
            _numbers[value] = number = _values.Count;
            _values.Add(value);
        }
        return number;
    }

    // With a number as a limit, NaN needs no care.
    private LoopValue Simpler(LoopValue value) =>
        value.Op is not ("Max" or "Min") || _values[value.B] is not { Op: LoopValue.Number, Alpha: var limit } ? value
            : new(value.Op == "Max" ? LaneOperations.AtLeast : LaneOperations.AtMost, value.A, Alpha: limit);

    /// <summary>The number of the value in memory.</summary>
    public int Load(Operand from)
    {
        if (!_read.Contains(from))
            _read.Add(from);
        return Add(new(from.Place == Place.Scalar ? LoopValue.Scalar : LoopValue.Load, _read.IndexOf(from)));
    }

    /// <summary>Whether instructions change this memory behind the loop.</summary>
    public bool Changes(Operand written) => _changed.Contains(written);

    /// <summary>Writes a value to memory, which may be going to change behind the loop.</summary>
    public void Store(int value, Operand to, bool changes = false)
    {
        if (changes)
            _changed.Add(to);
        _stored.Add(value);
        _written.Add(to);
    }

    /// <summary>Where a value lies in memory behind the loop; null where it does not.</summary>
    public Operand? Memory(int value) => _values[value].Op == LoopValue.Load ? _read[_values[value].A]
        : _stored.Index().Where(stored => stored.Item == value && !_changed.Contains(_written[stored.Index]))
            .Select(stored => (Operand?)_written[stored.Index]).FirstOrDefault();

    public override string ToString() => string.Join(';', _values.Select(v => string.Create(
            CultureInfo.InvariantCulture, $"{v.Op} {v.A} {v.B} {v.C} {Bits(v.Alpha)} {Bits(v.Beta)}")))
        + $"|{string.Join(';', _stored)}|{string.Join(';', Fetched)}";

    // Tells 0 from -0, unlike the number as text.
    private static int Bits(float number) => BitConverter.SingleToInt32Bits(number);
}
