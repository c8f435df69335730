using System.Diagnostics.CodeAnalysis;
using System.Reflection.Emit;

namespace OnnxGraphs.Kernels.Elementwise;

/// <summary>Writes a loop as code, so that all between its loads and its stores stays in registers.</summary>
[RequiresDynamicCode("Loops are written as code at run time; see ElementwiseFusion.Apply.")]
internal sealed unsafe class LoopWriter
{
    /// <summary>Bytes from a number to the one that is asked for meanwhile.</summary>
    private const int Ahead = 4096;

    private readonly DynamicMethod _method =
        new("ElementwiseLoop", null, [typeof(float**), typeof(nint)], typeof(LoopWriter).Module);

    private readonly ILGenerator _code;
    private readonly LaneCode _lanes;
    private readonly int _step;
    private readonly LocalBuilder _offset;
    private readonly List<LocalBuilder> _places = [];

    private LoopWriter(SimdMethods methods)
    {
        _code = _method.GetILGenerator();
        (_lanes, _step) = (new(_code, methods), methods.Width * sizeof(float));
        _offset = _code.DeclareLocal(typeof(nint));
    }

    /// <summary>The loop.</summary>
    public static TileLoop Compile(LoopCode code, SimdMethods methods)
    {
        var writer = new LoopWriter(methods);
        writer.Write(code);
        return writer._method.CreateDelegate<TileLoop>();
    }

    private void Write(LoopCode code)
    {
        for (var i = 0; i < code.Read.Count + code.Written.Count; i++)
            _places.Add(Address(i));
        var again = _code.DefineLabel();
        _code.MarkLabel(again);
        WriteBody(code);
        _code.Emit(OpCodes.Ldloc, _offset);
        _code.Emit(OpCodes.Ldc_I4, _step);
        _code.Emit(OpCodes.Add);
        _code.Emit(OpCodes.Stloc, _offset);
        _code.Emit(OpCodes.Ldloc, _offset);
        _code.Emit(OpCodes.Ldarg_1);
        _code.Emit(OpCodes.Blt, again);
        _code.Emit(OpCodes.Ret);
    }

    // places[i]
    private LocalBuilder Address(int i)
    {
        var address = _code.DeclareLocal(typeof(nint));
        _code.Emit(OpCodes.Ldarg_0);
        _code.Emit(OpCodes.Ldc_I4, i * sizeof(nint));
        _code.Emit(OpCodes.Add);
        _code.Emit(OpCodes.Ldind_I);
        _code.Emit(OpCodes.Stloc, address);
        return address;
    }

    // All loads come first: what is written may lie where something is read.
    private void WriteBody(LoopCode code)
    {
        var values = new Lanes[code.Values.Count];
        foreach (var (i, value) in code.Values.Index())
            if (value.Op is LoopValue.Load or LoopValue.Scalar)
                values[i] = value.Op == LoopValue.Load ? _lanes.Load(_places[value.A], _offset)
                    : _lanes.Repeated(_places[value.A]);
        foreach (var place in code.Fetched)
            _lanes.Fetch(_places[place], _offset, Ahead);
        foreach (var (i, value) in code.Values.Index())
        {
            if (value.Op == LoopValue.Number)
                values[i] = _lanes.Number(value.Alpha);
            else if (!value.IsLeaf)
                values[i] = LaneOperations.Apply(value, values[value.A], values[Math.Max(value.B, 0)],
                    values[Math.Max(value.C, 0)]);
            foreach (var (place, _) in code.Stored.Index().Where(stored => stored.Item == i))
                _lanes.Store(values[i], _places[code.Read.Count + place], _offset);
        }
    }
}
