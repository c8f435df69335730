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

    private static OperatorTable Logic() => new()
    {
        ["Greater"]        = new(BroadcastBool, Operator.Stops),
        ["GreaterOrEqual"] = new(BroadcastBool, Operator.Stops),
        ["Less"]           = new(BroadcastBool, Operator.Stops),
        ["LessOrEqual"]    = new(BroadcastBool, Operator.Stops),
        ["Equal"]          = new(BroadcastBool, Operator.Stops),
        ["And"]            = new(BroadcastBool, Operator.Stops),
        ["Or"]             = new(BroadcastBool, Operator.Stops),
        ["Xor"]            = new(BroadcastBool, Operator.Stops),
        ["Not"]            = new(Same, Operator.Stops),
        ["IsNaN"]          = new(x => [new(ElementType.Bool, x[0].Shape)], Operator.Stops),
        ["IsInf"]          = new(x => [new(ElementType.Bool, x[0].Shape)], Operator.Stops),
    };
}
