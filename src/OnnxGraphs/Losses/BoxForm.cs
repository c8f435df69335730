namespace OnnxGraphs.Losses;

/// <summary>How four numbers describe a box.</summary>
public enum BoxForm
{
    /// <summary>x0, y0, x1, y1.</summary>
    Corners,
    /// <summary>Centre x, centre y, width, height.</summary>
    Centre,
}
