namespace OnnxGraphs.Kernels.Elementwise;

/// <summary>The elementwise operators of ONNX on vectors, by operator type; truth values are 0 and 1.</summary>
internal static class LaneOperations
{
    /// <summary>The larger of an operand and a number that is known.</summary>
    public const string AtLeast = "AtLeast";

    /// <summary>The smaller of an operand and a number that is known.</summary>
    public const string AtMost = "AtMost";

    /// <summary>Whether the operation of this type is known.</summary>
    public static bool Knows(string op) => Find(op) is not null;

    /// <summary>The result of an operation. Operands that it does not have are anything.</summary>
    public static Lanes Apply(LoopValue value, Lanes a, Lanes b, Lanes c) => Find(value.Op)!(value, a, b, c);

    /// <summary>About how many instructions an operation takes.</summary>
    public static int Cost(string op) => op switch
    {
        LoopValue.Load or LoopValue.Scalar or LoopValue.Number => 0,
        "Exp" or "Log" => 20,
        "Tanh" => 40,
        "Pow" or "Div" or "Reciprocal" or "Sqrt" or "HardSigmoid" or "HardSwish" or "Sign" => 3,
        _ => 1,
    };

    private static Func<LoopValue, Lanes, Lanes, Lanes, Lanes>? Find(string op) => op switch
    {
        "Add" => (_, a, b, _) => a + b,
        "Sub" => (_, a, b, _) => a - b,
        "Mul" or "And" => (_, a, b, _) => a * b,
        "Div" => (_, a, b, _) => a / b,
        "Max" or "Or" => (_, a, b, _) => a.Max(b),
        "Min" => (_, a, b, _) => a.Min(b),
        AtLeast => (value, a, _, _) => a.AtLeast(value.Alpha),
        AtMost => (value, a, _, _) => a.AtMost(value.Alpha),
        "Neg" => (_, a, _, _) => -a,
        "Abs" => (_, a, _, _) => a.Abs(),
        "Exp" => (_, a, _, _) => LaneFunctions.Exp(a),
        "Log" => (_, a, _, _) => LaneFunctions.Log(a),
        "Sqrt" => (_, a, _, _) => a.Sqrt(),
        "Reciprocal" => (_, a, _, _) => 1 / a,
        "Tanh" => (_, a, _, _) => LaneFunctions.Tanh(a),
        "Pow" => (value, a, _, _) => LaneFunctions.Power(a, value.Alpha),
        "Relu" => (_, a, _, _) => a.AtLeast(0),
        "Not" => (_, a, _, _) => 1 - a,
        "HardSigmoid" => (value, a, _, _) => HardSigmoid(a, value.Alpha, value.Beta),
        "HardSwish" => (_, a, _, _) => a * HardSigmoid(a, 1 / 6f, 0.5f),
        "LeakyRelu" => (value, a, _, _) => (a < 0).Choose(a * value.Alpha, a),
        "PRelu" => (_, a, b, _) => (a < 0).Choose(a * b, a),
        "Sign" => (_, a, _, _) => (a > 0).Ones() - (a < 0).Ones(),
        "Equal" => (_, a, b, _) => a.IsEqual(b).Ones(),
        "Greater" => (_, a, b, _) => (a > b).Ones(),
        "Less" => (_, a, b, _) => (a < b).Ones(),
        "GreaterOrEqual" => (_, a, b, _) => (a >= b).Ones(),
        "LessOrEqual" => (_, a, b, _) => (a <= b).Ones(),
        "Where" => (_, a, b, c) => a.IsEqual(a.Number(0)).Choose(c, b),
        _ => null,
    };

    private static Lanes HardSigmoid(Lanes x, float alpha, float beta) =>
        x.MultiplyAdd(alpha, beta).AtMost(1).AtLeast(0);
}
