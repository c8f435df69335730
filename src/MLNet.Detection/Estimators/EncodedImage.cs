namespace MLNet.Detection.Estimators;

/// <summary>An image file in a row.</summary>
internal readonly record struct EncodedImage(byte[] Bytes, string Name);
