namespace MLNet.Detection.Masks;

/// <summary>An object as a small picture of its own, at a place of the large one.</summary>
/// <param name="Left">Column of its first pixel.</param>
/// <param name="Top">Row of its first pixel.</param>
/// <param name="Width">Pixels of its rows.</param>
/// <param name="Members">Whether each of its pixels is of the object, row by row.</param>
public sealed record PixelOutline(int Left, int Top, int Width, IReadOnlyList<bool> Members) : Outline
{
    /// <inheritdoc/>
    public override void Fill(int width, int height, Action<int> pixel)
    {
        for (var i = 0; i < Members.Count; i++)
            if (Members[i] && Left + i % Width is var x && Top + i / Width is var y && x >= 0 && x < width && y >= 0 && y < height)
                pixel(y * width + x);
    }

    internal override PixelOutline Scaled(double x, double y) => this;
}
