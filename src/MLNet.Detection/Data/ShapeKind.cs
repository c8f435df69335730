namespace MLNet.Detection.Data;

/// <summary>The classes of <see cref="ShapesGenerator"/>; the value is the category index.</summary>
public enum ShapeKind
{
    /// <summary>A disc.</summary>
    Circle,

    /// <summary>A square or rectangle, up to 3 to 2, at any angle.</summary>
    Rectangle,

    /// <summary>A triangle with equal sides, at any angle.</summary>
    Triangle,

    /// <summary>A cross with arms of equal length, at any angle.</summary>
    Cross,
}
