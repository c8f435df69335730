using OnnxGraphs.Graphs;

namespace OnnxGraphs.Ops;

public static partial class Op
{
    /// <summary>Truth of a &gt; b, broadcast.</summary>
    public static Var Greater(Var a, Var b) => Apply("Greater", [a, b]);

    /// <summary>Truth of a &gt;= b, broadcast.</summary>
    public static Var GreaterOrEqual(Var a, Var b) => Apply("GreaterOrEqual", [a, b]);

    /// <summary>Truth of a &lt; b, broadcast.</summary>
    public static Var Less(Var a, Var b) => Apply("Less", [a, b]);

    /// <summary>Truth of a &lt;= b, broadcast.</summary>
    public static Var LessOrEqual(Var a, Var b) => Apply("LessOrEqual", [a, b]);

    /// <summary>Truth of a = b, broadcast.</summary>
    public static Var Equal(Var a, Var b) => Apply("Equal", [a, b]);

    /// <summary>Both, broadcast.</summary>
    public static Var And(Var a, Var b) => Apply("And", [a, b]);

    /// <summary>Either, broadcast.</summary>
    public static Var Or(Var a, Var b) => Apply("Or", [a, b]);

    /// <summary>Negation.</summary>
    public static Var Not(Var x) => Unary("Not", x);

    private const string Truth = "its result is a truth value", Bits = "its result is an integer";

    private static OperatorTable Logic() => new()
    {
        ["Greater"]        = Operator.Flat(BroadcastBool, Truth),
        ["GreaterOrEqual"] = Operator.Flat(BroadcastBool, Truth),
        ["Less"]           = Operator.Flat(BroadcastBool, Truth),
        ["LessOrEqual"]    = Operator.Flat(BroadcastBool, Truth),
        ["Equal"]          = Operator.Flat(BroadcastBool, Truth),
        ["And"]            = Operator.Flat(BroadcastBool, Truth),
        ["Or"]             = Operator.Flat(BroadcastBool, Truth),
        ["Xor"]            = Operator.Flat(BroadcastBool, Truth),
        ["Not"]            = Operator.Flat(Same, Truth),
        ["IsNaN"]          = Operator.Flat(x => [new(ElementType.Bool, x[0].Shape)], Truth),
        ["IsInf"]          = Operator.Flat(x => [new(ElementType.Bool, x[0].Shape)], Truth),
        ["BitwiseAnd"]     = Operator.Flat(Broadcast, Bits),
        ["BitwiseOr"]      = Operator.Flat(Broadcast, Bits),
        ["BitwiseXor"]     = Operator.Flat(Broadcast, Bits),
        ["BitwiseNot"]     = Operator.Flat(Same, Bits),
        ["BitShift"]       = Operator.Flat(Broadcast, Bits),
    };
}
