using System.Reflection.Emit;

namespace OnnxGraphs.Kernels.Elementwise;

/// <summary>
/// Writes a loop as code, so that all between its loads and its stores stays in registers. Every value is a local
/// variable; the just-in-time compiler finds registers for them.
/// </summary>
internal sealed unsafe class LoopWriter
{
    private readonly SimdMethods _methods;
    private readonly DynamicMethod _method;
    private readonly ILGenerator _code;
    private readonly LocalBuilder _offset;
    private readonly Dictionary<int, Lanes> _numbers = [];
    private readonly List<LocalBuilder> _places = [];

    private LoopWriter(SimdMethods methods)
    {
        _methods = methods;
        _method = new("ElementwiseLoop", null, [typeof(float**), typeof(nint)], typeof(LoopWriter).Module);
        _code = _method.GetILGenerator();
        _offset = _code.DeclareLocal(typeof(nint));
    }

    /// <summary>The loop.</summary>
    public static TileLoop Compile(LoopCode code, SimdMethods methods)
    {
        var writer = new LoopWriter(methods);
        writer.Write(code);
        return writer._method.CreateDelegate<TileLoop>();
    }

    /// <summary>Whether a number's exponent and mantissa are one instruction each.</summary>
    public bool HasExponents => _methods.HasExponents;

    private void Write(LoopCode code)
    {
        for (var i = 0; i < code.Read.Count + code.Written.Count; i++)
            _places.Add(Address(i));
        var again = _code.DefineLabel();
        _code.MarkLabel(again);
        WriteBody(code);
        Add(_offset, _methods.Width * sizeof(float));
        _code.Emit(OpCodes.Ldloc, _offset);
        _code.Emit(OpCodes.Ldarg_1);
        _code.Emit(OpCodes.Blt, again);
        _code.Emit(OpCodes.Ret);
    }

    // All loads come first: what is written may lie where something is read.
    private void WriteBody(LoopCode code)
    {
        var values = new Lanes[code.Values.Count];
        foreach (var (i, value) in code.Values.Index())
            if (value.Op is LoopValue.Load or LoopValue.Scalar)
                values[i] = value.Op == LoopValue.Load ? Load(value.A) : Repeated(value.A);
        foreach (var (i, value) in code.Values.Index())
        {
            if (value.Op == LoopValue.Number)
                values[i] = Number(value.Alpha);
            else if (!value.IsLeaf)
                values[i] = LaneOperations.Apply(value, values[value.A], values[Math.Max(value.B, 0)],
                    values[Math.Max(value.C, 0)]);
            foreach (var (place, _) in code.Stored.Index().Where(stored => stored.Item == i))
                Store(values[i], code.Read.Count + place);
        }
    }

    /// <summary>The number in every lane.</summary>
    public Lanes Number(float number)
    {
        var bits = BitConverter.SingleToInt32Bits(number);
        if (_numbers.TryGetValue(bits, out var known))
            return known;
        _code.Emit(OpCodes.Ldc_R4, number);
        return _numbers[bits] = Result("Create", typeof(float));
    }

    /// <summary>The integer in every lane.</summary>
    public Lanes Integer(int number)
    {
        _code.Emit(OpCodes.Ldc_I4, number);
        return Result("Create", typeof(int));
    }

    /// <summary>What a method of vectors makes of the operand and a number that stands in the code.</summary>
    public Lanes Call(string method, Lanes x, int number, Type type)
    {
        _code.Emit(OpCodes.Ldloc, x.Local);
        _code.Emit(OpCodes.Ldc_I4, number);
        return Result(method, x.Local.LocalType, type);
    }

    /// <summary>What a method of vectors makes of the operands.</summary>
    public Lanes Call(string method, ReadOnlySpan<Lanes> operands)
    {
        var types = new Type[operands.Length];
        for (var i = 0; i < types.Length; i++)
        {
            _code.Emit(OpCodes.Ldloc, operands[i].Local);
            types[i] = operands[i].Local.LocalType;
        }
        return Result(method, types);
    }

    private Lanes Result(string method, params Type[] types)
    {
        var called = _methods.Find(method, types);
        _code.Emit(OpCodes.Call, called);
        return Kept(called.ReturnType);
    }

    private Lanes Kept(Type type)
    {
        var local = _code.DeclareLocal(type);
        _code.Emit(OpCodes.Stloc, local);
        return new(this, local);
    }

    // places[i]
    private LocalBuilder Address(int i)
    {
        _code.Emit(OpCodes.Ldarg_0);
        _code.Emit(OpCodes.Ldc_I4, i * sizeof(nint));
        _code.Emit(OpCodes.Add);
        _code.Emit(OpCodes.Ldind_I);
        return Kept(typeof(nint)).Local;
    }

    private void Add(LocalBuilder local, int number)
    {
        _code.Emit(OpCodes.Ldloc, local);
        _code.Emit(OpCodes.Ldc_I4, number);
        _code.Emit(OpCodes.Add);
        _code.Emit(OpCodes.Stloc, local);
    }

    private void Point(int place)
    {
        _code.Emit(OpCodes.Ldloc, _places[place]);
        _code.Emit(OpCodes.Ldloc, _offset);
        _code.Emit(OpCodes.Add);
    }

    private Lanes Load(int place)
    {
        Point(place);
        _code.Emit(OpCodes.Ldobj, _methods.Floats);
        return Kept(_methods.Floats);
    }

    private Lanes Repeated(int place)
    {
        _code.Emit(OpCodes.Ldloc, _places[place]);
        _code.Emit(OpCodes.Ldind_R4);
        return Result("Create", typeof(float));
    }

    private void Store(Lanes value, int place)
    {
        Point(place);
        _code.Emit(OpCodes.Ldloc, value.Local);
        _code.Emit(OpCodes.Stobj, _methods.Floats);
    }
}
