using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Losses;

/// <summary>Boxes [I, N, 4] given by corners: their numbers and what follows from them, each [I, N, 1].</summary>
internal sealed class BoxSides
{
    public BoxSides(Var boxes)
    {
        var parts = Split(boxes, -1, 1, 1, 1, 1);
        (Left, Top, Right, Bottom) = (parts[0], parts[1], parts[2], parts[3]);
        (Width, Height) = (Right - Left, Bottom - Top);
        (X, Y) = (Left + 0.5f * Width, Top + 0.5f * Height);
    }

    public Var Left { get; }

    public Var Top { get; }

    public Var Right { get; }

    public Var Bottom { get; }

    public Var Width { get; }

    public Var Height { get; }

    /// <summary>Horizontal centre.</summary>
    public Var X { get; }

    /// <summary>Vertical centre.</summary>
    public Var Y { get; }

    /// <summary>0 for boxes without extent in one direction.</summary>
    public Var Area => Relu(Width) * Relu(Height);

    /// <summary>IoU [I, N, M] with M others [1, M, 4] or [I, M, 4]; 0 where boxes only touch or have no area.</summary>
    public Var Overlaps(BoxSides others)
    {
        var width = Relu(Min(Across(others.Right), Right) - Max(Across(others.Left), Left));
        var height = Relu(Min(Across(others.Bottom), Bottom) - Max(Across(others.Top), Top));
        var both = width * height;
        return both / Max(Across(others.Area) + Area - both, both.Like(1e-30));
    }

    private static Var Across(Var side) => Transpose(side, 0, 2, 1);
}
