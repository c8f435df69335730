namespace MLNet.Detection.Masks;

/// <summary>Which pixels of a picture an object takes.</summary>
public abstract record Outline
{
    private protected Outline()
    {
    }

    /// <summary>Calls an action with the place, row by row, of each pixel of a picture that the object takes.</summary>
    /// <exception cref="ArgumentException">The outline is of a picture of another size.</exception>
    public abstract void Fill(int width, int height, Action<int> pixel);

    /// <summary>The outline in a picture whose axes are so many times as long.</summary>
    internal abstract Outline Scaled(double x, double y);
}
