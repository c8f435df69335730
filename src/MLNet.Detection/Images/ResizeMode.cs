namespace MLNet.Detection.Images;

/// <summary>How a picture is brought to the size that a network takes.</summary>
public enum ResizeMode
{
    /// <summary>Width and height by their own factors; the picture fills the input.</summary>
    Stretch,

    /// <summary>Both by the same factor; the picture stands in the middle between bars of one grey.</summary>
    Letterbox,
}
