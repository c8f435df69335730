using System.Runtime.CompilerServices;

namespace OnnxGraphs.Kernels.Loops;

// A panel holds two vectors of each row, so that a product reads them one after another.
internal sealed unsafe partial class InnerLoops<V, S>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Unpack(float* panels, nint panelPitch, int count, float bias, float* row)
    {
        var added = S.Repeat(bias);
        for (; count >= 2 * S.Width; count -= 2 * S.Width, row += 2 * S.Width, panels += panelPitch)
        {
            S.Store(S.Add(S.Load(panels), added), row);
            S.Store(S.Add(S.Load(panels + S.Width), added), row + S.Width);
        }
        for (var i = 0; i < count; i++)
            row[i] = panels[i] + bias;
    }
}
