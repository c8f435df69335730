namespace OnnxGraphs.Kernels.Loops;

/// <inheritdoc/>
internal sealed unsafe partial class InnerLoops<V, S> : InnerLoops where V : struct where S : struct, ISimd<V>
{
    /// <inheritdoc/>
    public override int Width => S.Width;
}
