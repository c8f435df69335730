using System.Reflection.Emit;
using System.Runtime.Intrinsics.X86;

namespace OnnxGraphs.Kernels.Elementwise;

/// <summary>
/// Code on vectors of numbers. Every value is a local variable; the just-in-time compiler finds registers for them.
/// </summary>
internal sealed class LaneCode(ILGenerator code, SimdMethods methods)
{
    private readonly Dictionary<int, Lanes> _numbers = [];

    /// <summary>Whether a number's exponent and mantissa are one instruction each.</summary>
    public bool HasExponents => methods.HasExponents;

    /// <summary>The number in every lane.</summary>
    public Lanes Number(float number)
    {
        var bits = BitConverter.SingleToInt32Bits(number);
        if (_numbers.TryGetValue(bits, out var known))
            return known;
        code.Emit(OpCodes.Ldc_R4, number);
        return _numbers[bits] = Result("Create", typeof(float));
    }

    /// <summary>The integer in every lane.</summary>
    public Lanes Integer(int number)
    {
        code.Emit(OpCodes.Ldc_I4, number);
        return Result("Create", typeof(int));
    }

    /// <summary>What a method of vectors makes of the operand and a number that stands in the code.</summary>
    public Lanes Call(string method, Lanes x, int number, Type type)
    {
        code.Emit(OpCodes.Ldloc, x.Local);
        code.Emit(OpCodes.Ldc_I4, number);
        return Result(method, x.Local.LocalType, type);
    }

    /// <summary>What a method of vectors makes of the operands.</summary>
    public Lanes Call(string method, ReadOnlySpan<Lanes> operands)
    {
        var types = new Type[operands.Length];
        for (var i = 0; i < types.Length; i++)
        {
            code.Emit(OpCodes.Ldloc, operands[i].Local);
            types[i] = operands[i].Local.LocalType;
        }
        return Result(method, types);
    }

    /// <summary>The numbers at an address and so many bytes behind it.</summary>
    public Lanes Load(LocalBuilder address, LocalBuilder offset)
    {
        Point(address, offset);
        code.Emit(OpCodes.Ldobj, methods.Floats);
        return Kept(methods.Floats);
    }

    /// <summary>The one number at an address.</summary>
    public Lanes Repeated(LocalBuilder address)
    {
        code.Emit(OpCodes.Ldloc, address);
        code.Emit(OpCodes.Ldind_R4);
        return Result("Create", typeof(float));
    }

    /// <summary>Writes the numbers to an address and so many bytes behind it.</summary>
    public void Store(Lanes value, LocalBuilder address, LocalBuilder offset)
    {
        Point(address, offset);
        code.Emit(OpCodes.Ldloc, value.Local);
        code.Emit(OpCodes.Stobj, methods.Floats);
    }

    /// <summary>Asks for the numbers at an address and so many bytes behind it.</summary>
    public void Fetch(LocalBuilder address, LocalBuilder offset, int behind)
    {
        Point(address, offset);
        code.Emit(OpCodes.Ldc_I4, behind);
        code.Emit(OpCodes.Add);
        code.Emit(OpCodes.Call, typeof(Sse).GetMethod(nameof(Sse.Prefetch0))!);
    }

    private void Point(LocalBuilder address, LocalBuilder offset)
    {
        code.Emit(OpCodes.Ldloc, address);
        code.Emit(OpCodes.Ldloc, offset);
        code.Emit(OpCodes.Add);
    }

    private Lanes Result(string method, params Type[] types)
    {
        var called = methods.Find(method, types);
        code.Emit(OpCodes.Call, called);
        return Kept(called.ReturnType);
    }

    private Lanes Kept(Type type)
    {
        var local = code.DeclareLocal(type);
        code.Emit(OpCodes.Stloc, local);
        return new(this, local);
    }
}
