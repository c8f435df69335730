namespace MLNet.Detection.Data;

/// <summary>COCO's <c>bbox</c>: left top corner and size, pixels.</summary>
internal readonly record struct CocoBox(double X, double Y, double Width, double Height);
