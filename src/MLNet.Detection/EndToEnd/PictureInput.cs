using MLNet.Detection.Scoring;

namespace MLNet.Detection.Detectors;

/// <summary>What a detector takes that is saved from picture to objects.</summary>
public enum PictureInput
{
    /// <summary>Input <c>pixels</c>, uint8 [height, width, 3], red, green, blue, of any size.</summary>
    Pixels,

    /// <summary>Input <c>image</c>, uint8 [n]: the bytes of a JPEG or PNG file. The session needs ONNX Runtime's
    /// extensions (<c>SessionOptions.RegisterOrtExtensions</c>).</summary>
    EncodedFile,
}
