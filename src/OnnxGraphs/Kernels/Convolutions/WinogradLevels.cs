using OnnxGraphs.Graphs;

namespace OnnxGraphs.Kernels.Convolutions;

/// <summary>
/// Convolutions of several maps by the same weights, as heads on the levels of a pyramid have them: the weights are mapped
/// once.
/// </summary>
internal sealed unsafe class WinogradLevels : Kernel
{
    private readonly WinogradConvolution[] _levels;

    /// <param name="levels">The convolutions; they differ in the size of their maps alone.</param>
    public WinogradLevels(IReadOnlyList<WinogradConvolution> levels) : base(levels[0].Name + "Levels",
        [.. levels.Select(level => level.Inputs[0]), .. levels[0].Inputs.Skip(1)],
        [.. levels.Select(level => level.Outputs[0])])
    {
        // The same tiles for all, for they have the mapped weights in common.
        var step = TileGrid.StepFor([.. levels.Select(level => level.Outputs[0].Shape)]);
        _levels = [.. levels.Select(level => level.With(TileGrid.Of(level.Outputs[0].Shape, step)))];
    }

    public override long ScratchBytes => _levels.Max(level => level.ScratchBytes);

    public override void Run(ref KernelCall call)
    {
        call.ForEach(0, _levels[0].WeightParts);
        for (var i = 0; i < _levels.Length; i++)
            call.ForEach(1 + i, _levels[i].Parts);
    }

    public override void Part(in KernelCall call, int phase, int index)
    {
        var (level, shared) = (Math.Max(0, phase - 1), Inputs.Count - _levels.Length);
        var values = stackalloc void*[shared + 2];
        values[0] = call.Input(level);
        for (var i = 0; i < shared; i++)
            values[1 + i] = call.Input(_levels.Length + i);
        values[1 + shared] = call.Output(level);
        _levels[level].Part(call.With(values, 1 + shared), Math.Min(phase, 1), index);
    }
}
