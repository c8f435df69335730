namespace OnnxGraphs.Kernels.Elementwise;

/// <summary>
/// The elements that the instructions of a program work on at a time: few enough to stay in the cache.
/// </summary>
internal readonly unsafe ref struct Tile
{
    private readonly ref readonly KernelCall _call;
    private readonly float* _slots;
    private readonly int _capacity;

    public Tile(in KernelCall call, float* slots, int capacity, long start, int count)
    {
        _call = ref call;
        _slots = slots;
        (_capacity, Start, Count) = (capacity, start, count);
    }

    /// <summary>First element.</summary>
    public long Start { get; }

    /// <summary>Elements.</summary>
    public int Count { get; }

    /// <summary>The first number of an operand.</summary>
    public float* At(Operand operand) => operand.Place switch
    {
        Place.Slot => _slots + operand.Index * _capacity,
        Place.Input => _call.Input(operand.Index) + Start,
        Place.Output => _call.Output(operand.Index) + Start,
        _ => _call.Input(operand.Index),
    };

    /// <summary>A whole input, whatever its elements are.</summary>
    public void* Input(int index) => _call.Input(index);

    /// <summary>A whole output, whatever its elements are.</summary>
    public void* Output(int index) => _call.Output(index);
}
