using OnnxGraphs.Kernels.Elementwise;

namespace OnnxGraphs.Rewrites;

/// <summary>Collects instructions on values, then gives each value without a place a slot for as long as it is
/// read.</summary>
internal sealed class TileAssembler
{
    private readonly List<(Func<Instruction> Make, TileValue? Result, TileValue[] Read)> _code = [];
    private readonly List<(Func<Reduce> Make, TileValue Read)> _reductions = [];
    private readonly List<float> _constants = [];

    /// <summary>A number that is the same for all elements.</summary>
    public TileValue Constant(float number)
    {
        if (!_constants.Contains(number))
            _constants.Add(number);
        return new(new(Place.Constant, _constants.IndexOf(number)));
    }

    /// <summary>Adds an operation; the result has the given place, or a slot.</summary>
    public TileValue Add(TileOperation operation, TileValue a, TileValue? b = null, TileValue? c = null,
        Operand? place = null)
    {
        var (second, third) = (b ?? a, c ?? b ?? a);
        return Add(result => new Compute(operation, At(result), At(a), At(second), At(third)), place, a, second, third);
    }

    /// <summary>Adds an instruction that writes a value.</summary>
    public TileValue Add(Func<TileValue, Instruction> make, Operand? place, params TileValue[] read)
    {
        var result = new TileValue(place);
        _code.Add((() => make(result), result, read));
        return result;
    }

    /// <summary>Adds an instruction that only reads a value.</summary>
    public void Store(TileValue value, Func<Operand, Instruction> make) =>
        _code.Add((() => make(At(value)), null, [value]));

    /// <summary>Adds a sum behind all instructions.</summary>
    public void Reduce(TileValue value, Func<Operand, Reduce> make) => _reductions.Add((() => make(At(value)), value));

    /// <summary>The program for this many elements, in rows of so many.</summary>
    public TileProgram Assemble(long size, long row)
    {
        foreach (var (i, (_, _, read)) in _code.Index())
            foreach (var value in read)
                value.LastUse = i;
        foreach (var (_, value) in _reductions)
            value.LastUse = int.MaxValue;
        var (free, slots, instructions) = (new Stack<int>(), 0, new List<Instruction>());
        foreach (var (i, (make, result, read)) in _code.Index())
        {
            // A result may take the slot of an operand that is read here for the last time.
            foreach (var value in read.Distinct())
                if (value.LastUse == i && value.Place is { Place: Place.Slot } place)
                    free.Push(place.Index);
            if (result is { Place: null })
                result.Place = new(Place.Slot, free.TryPop(out var slot) ? slot : slots++);
            instructions.Add(make());
            if (result is { LastUse: < 0, Place: { Place: Place.Slot } unused })
                free.Push(unused.Index);
        }
        return new(instructions, [.. _reductions.Select(reduction => reduction.Make())], slots, [.. _constants], size,
            row);
    }

    private static Operand At(TileValue value) => value.Place!.Value;
}
