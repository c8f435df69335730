namespace MLNet.Detection.Boxes;

/// <summary>What a box head predicts: a box relative to its anchor, 16 bytes in this order. See
/// <see cref="BoxCoder"/>.</summary>
/// <param name="Dx">Weighted shift of the centre to the right, in anchor widths.</param>
/// <param name="Dy">Weighted shift of the centre downwards, in anchor heights.</param>
/// <param name="Dw">Weighted logarithm of the width in anchor widths.</param>
/// <param name="Dh">Weighted logarithm of the height in anchor heights.</param>
public readonly record struct BoxDelta(float Dx, float Dy, float Dw, float Dh);
