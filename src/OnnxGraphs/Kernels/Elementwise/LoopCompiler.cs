using System.Diagnostics.CodeAnalysis;

namespace OnnxGraphs.Kernels.Elementwise;

/// <summary>Compiles loops; equal ones once.</summary>
[RequiresDynamicCode("Loops are written as code at run time; see ElementwiseFusion.Apply.")]
internal sealed class LoopCompiler
{
    private readonly SimdMethods _methods = new();
    private readonly Dictionary<string, TileLoop> _loops = [];

    public FusedLoop Compile(LoopCode code)
    {
        var text = code.ToString();
        if (!_loops.TryGetValue(text, out var loop))
            _loops[text] = loop = LoopWriter.Compile(code, _methods);
        return new(loop, _methods.Width, [.. code.Read], [.. code.Written]);
    }
}
