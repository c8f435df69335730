using System.Collections.Frozen;
using System.Runtime.InteropServices;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;

namespace OnnxGraphs.Rewrites;

/// <summary>Which inputs of operators may be whole numbers of 32 bits where they were of 64.</summary>
internal static class NarrowIntegers
{
    private static readonly FrozenSet<string> AllInputs = FrozenSet.Create("Abs", "Add", "Concat", "Div", "Equal", "Greater",
        "GreaterOrEqual", "Identity", "Less", "LessOrEqual", "Max", "Min", "Mod", "Mul", "Neg", "Sign", "Sub");

    // Where an operator has other inputs, those are shapes and axes, which stay as they are.
    private static readonly FrozenSet<string> FirstInput = FrozenSet.Create("Cast", "CumSum", "Expand", "Flatten", "ReduceMax",
        "ReduceMin", "ReduceSum", "Reshape", "Slice", "Squeeze", "Tile", "Transpose", "Unsqueeze");

    /// <summary>Places of the inputs that may, all of them together.</summary>
    public static IEnumerable<int> Places(Step step) =>
        AllInputs.Contains(step.Op) ? Enumerable.Range(0, step.Inputs.Count)
        : FirstInput.Contains(step.Op) ? [0]
        : step.Op switch
        {
            "Where" => [1, 2],
            "Gather" or "GatherElements" or "ScatterElements" => [1],
            _ => [],
        };

    /// <summary>Whether the numbers have 32 bits.</summary>
    public static bool Fits(Tensor tensor)
    {
        foreach (var value in tensor.Values<long>())
            if (value != (int)value)
                return false;
        return true;
    }

    /// <summary>The numbers in 32 bits.</summary>
    public static Tensor Of(Tensor tensor)
    {
        var numbers = new int[tensor.Shape.Size];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = (int)tensor.Values<long>()[i];
        return new(ElementType.Int32, tensor.Shape, MemoryMarshal.AsBytes<int>(numbers).ToArray());
    }
}
