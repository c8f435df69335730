namespace MLNet.Detection.Images;

/// <summary>
/// How the stored rows and columns of a picture lie when it is shown upright: the values of EXIF's tag 274, named after
/// the sides where the first row and the first column belong. JEITA CP-3451, section 4.6.4.
/// </summary>
public enum ImageOrientation
{
    /// <summary>As stored.</summary>
    TopLeft = 1,

    /// <summary>Mirrored left to right.</summary>
    TopRight = 2,

    /// <summary>Upside down.</summary>
    BottomRight = 3,

    /// <summary>Mirrored top to bottom.</summary>
    BottomLeft = 4,

    /// <summary>Rows and columns exchanged.</summary>
    LeftTop = 5,

    /// <summary>To be turned by 90 degrees clockwise: a telephone held upright.</summary>
    RightTop = 6,

    /// <summary>Rows and columns exchanged, and upside down.</summary>
    RightBottom = 7,

    /// <summary>To be turned by 90 degrees counter-clockwise.</summary>
    LeftBottom = 8,
}
