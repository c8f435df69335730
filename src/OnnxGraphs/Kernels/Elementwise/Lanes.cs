using System.Reflection.Emit;

namespace OnnxGraphs.Kernels.Elementwise;

/// <summary>
/// A vector of numbers in a loop that is being written: what is done with it becomes code of the loop. Comparisons give
/// vectors of bits, all set where they hold.
/// </summary>
internal readonly record struct Lanes(LaneCode Code, LocalBuilder Local)
{
    public static Lanes operator +(Lanes a, Lanes b) => a.Call("Add", a, b);

    public static Lanes operator -(Lanes a, Lanes b) => a.Call("Subtract", a, b);

    public static Lanes operator *(Lanes a, Lanes b) => a.Call("Multiply", a, b);

    public static Lanes operator /(Lanes a, Lanes b) => a.Call("Divide", a, b);

    public static Lanes operator &(Lanes a, Lanes b) => a.Call("BitwiseAnd", a, b);

    public static Lanes operator -(Lanes a) => a.Call("Negate", a);

    public static Lanes operator +(Lanes a, float b) => a + a.Number(b);

    public static Lanes operator -(Lanes a, float b) => a - a.Number(b);

    public static Lanes operator *(Lanes a, float b) => a * a.Number(b);

    public static Lanes operator -(float a, Lanes b) => b.Number(a) - b;

    public static Lanes operator /(float a, Lanes b) => b.Number(a) / b;

    public static Lanes operator >(Lanes a, Lanes b) => a.Call("GreaterThan", a, b);

    public static Lanes operator <(Lanes a, Lanes b) => a.Call("LessThan", a, b);

    public static Lanes operator >=(Lanes a, Lanes b) => a.Call("GreaterThanOrEqual", a, b);

    public static Lanes operator <=(Lanes a, Lanes b) => a.Call("LessThanOrEqual", a, b);

    public static Lanes operator >(Lanes a, float b) => a > a.Number(b);

    public static Lanes operator <(Lanes a, float b) => a < a.Number(b);

    /// <summary>Bits where both are equal numbers.</summary>
    public Lanes IsEqual(Lanes b) => Call("Equals", this, b);

    /// <summary>One value where these bits are set, another one elsewhere.</summary>
    public Lanes Choose(Lanes set, Lanes clear) => Call("ConditionalSelect", this, set, clear);

    /// <summary>1 where these bits are set, else 0.</summary>
    public Lanes Ones() => this & Number(1);

    /// <summary>this b + c; rounded once where the processor can.</summary>
    public Lanes MultiplyAdd(Lanes b, Lanes c) => Call("MultiplyAddEstimate", this, b, c);

    /// <summary>this b + c with numbers.</summary>
    public Lanes MultiplyAdd(float b, float c) => MultiplyAdd(Number(b), Number(c));

    public Lanes Abs() => Call("Abs", this);

    public Lanes Sqrt() => Call("Sqrt", this);

    /// <summary>The larger number; NaN where one is.</summary>
    public Lanes Max(Lanes b) => Call("Max", this, b);

    /// <summary>The smaller number; NaN where one is.</summary>
    public Lanes Min(Lanes b) => Call("Min", this, b);

    /// <summary>At least the number; NaN stays.</summary>
    public Lanes AtLeast(float low) => Call("MaxNative", Number(low), this);

    /// <summary>At most the number; NaN stays.</summary>
    public Lanes AtMost(float high) => Call("MinNative", Number(high), this);

    /// <summary>
    /// c0 + c1 x + c2 x^2 + ..., by pairs of terms (Estrin's scheme): few steps wait for another one, and waiting is
    /// what a long loop body spends its time with.
    /// </summary>
    public Lanes Polynomial(params ReadOnlySpan<float> c)
    {
        var terms = new Lanes[c.Length];
        for (var i = 0; i < c.Length; i++)
            terms[i] = Number(c[i]);
        for (var (power, count) = (this, c.Length); count > 1; (power, count) = (power * power, (count + 1) / 2))
            for (var i = 0; i < count; i += 2)
                terms[i / 2] = i + 1 < count ? terms[i + 1].MultiplyAdd(power, terms[i]) : terms[i];
        return terms[0];
    }

    /// <summary>The number in every lane.</summary>
    public Lanes Number(float number) => Code.Number(number);

    /// <summary>The integer in every lane.</summary>
    public Lanes Integer(int number) => Code.Integer(number);

    /// <summary>The bits of the numbers as integers.</summary>
    public Lanes Bits() => Call("AsInt32", this);

    /// <summary>Integers as the numbers with these bits.</summary>
    public Lanes FromBits() => Call("AsSingle", this);

    /// <summary>Integers as numbers.</summary>
    public Lanes ToNumbers() => Call("ConvertToSingle", this);

    /// <summary>Integers shifted to higher bits.</summary>
    public Lanes Left(int bits) => Code.Call("ShiftLeft", this, bits, typeof(int));

    /// <summary>Integers shifted to lower bits; the sign stays.</summary>
    public Lanes Right(int bits) => Code.Call("ShiftRightArithmetic", this, bits, typeof(int));

    /// <summary>this 2^n; for processors with <see cref="LaneCode.HasExponents"/>, as the next two.</summary>
    public Lanes Scale(Lanes n) => Call("Scale", this, n);

    /// <summary>floor(log2 |x|); -infinity of 0.</summary>
    public Lanes Exponent() => Call("GetExponent", this);

    /// <summary>The number times that power of two that takes it to [3/4, 3/2); NaN of a negative one.</summary>
    public Lanes Mantissa() => Code.Call("GetMantissa", this, 0b1011, typeof(byte));

    private Lanes Call(string method, params ReadOnlySpan<Lanes> operands) => Code.Call(method, operands);
}
