namespace MLNet.Detection.Boxes;

/// <summary>
/// An axis-aligned box by its corners, 16 bytes in the order x0, y0, x1, y1, so that a span of floats [N,4] and a span
/// of boxes are the same memory
/// (<see cref="System.Runtime.InteropServices.MemoryMarshal.Cast{TFrom, TTo}(Span{TFrom})"/>). Coordinates are
/// continuous: there is no "+1" anywhere. The unit (pixels or fractions of the image) is the caller's.
/// </summary>
/// <param name="X0">Left edge.</param>
/// <param name="Y0">Top edge.</param>
/// <param name="X1">Right edge.</param>
/// <param name="Y1">Bottom edge.</param>
public readonly record struct Box(float X0, float Y0, float X1, float Y1)
{
    /// <summary>x1 - x0; negative for an inverted box.</summary>
    public float Width => X1 - X0;

    /// <summary>y1 - y0; negative for an inverted box.</summary>
    public float Height => Y1 - Y0;

    /// <summary>Horizontal centre, computed as torchvision's box coder does: x0 + width / 2.</summary>
    public float CenterX => X0 + 0.5f * Width;

    /// <summary>Vertical centre: y0 + height / 2.</summary>
    public float CenterY => Y0 + 0.5f * Height;

    /// <summary>Width times height; 0 for a box that is empty or inverted.</summary>
    public float Area => MathF.Max(Width, 0f) * MathF.Max(Height, 0f);

    /// <summary>Whether both sides are positive and all four numbers finite. False for NaN.</summary>
    public bool IsProper => Width > 0f && Height > 0f && float.IsFinite(X0 + Y0 + X1 + Y1);

    /// <summary>The box with the given top-left corner and size.</summary>
    public static Box FromXywh(float x, float y, float width, float height) => new(x, y, x + width, y + height);

    /// <summary>The box with the given centre and size.</summary>
    public static Box FromCxcywh(float cx, float cy, float width, float height) =>
        new(cx - 0.5f * width, cy - 0.5f * height, cx + 0.5f * width, cy + 0.5f * height);

    /// <summary>Top-left corner and size, the layout of COCO files.</summary>
    public (float X, float Y, float Width, float Height) ToXywh() => (X0, Y0, Width, Height);

    /// <summary>Centre and size, the layout of SSD priors.</summary>
    public (float Cx, float Cy, float Width, float Height) ToCxcywh() =>
        ((X0 + X1) / 2f, (Y0 + Y1) / 2f, Width, Height);

    /// <summary>Every corner moved into [0, <paramref name="width"/>] x [0, <paramref name="height"/>].</summary>
    public Box Clip(float width, float height) => new(
        Math.Clamp(X0, 0f, width), Math.Clamp(Y0, 0f, height), Math.Clamp(X1, 0f, width), Math.Clamp(Y1, 0f, height));

    /// <summary>The box in a picture that is stretched by these factors.</summary>
    public Box Scale(float scaleX, float scaleY) => new(X0 * scaleX, Y0 * scaleY, X1 * scaleX, Y1 * scaleY);

    /// <summary>The box in parts of a picture of this size, as YOLO files have it.</summary>
    public Box Normalize(float width, float height) => new(X0 / width, Y0 / height, X1 / width, Y1 / height);

    /// <summary>A box in parts of a picture of this size, in its pixels: undoes <see cref="Normalize"/>.</summary>
    public Box Denormalize(float width, float height) => Scale(width, height);

    /// <summary>The box moved by (dx, dy).</summary>
    public Box Offset(float dx, float dy) => new(X0 + dx, Y0 + dy, X1 + dx, Y1 + dy);
}
