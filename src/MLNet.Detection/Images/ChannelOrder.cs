namespace MLNet.Detection.Images;

/// <summary>Which colour a network takes as its first channel.</summary>
public enum ChannelOrder
{
    /// <summary>Red, green, blue.</summary>
    Rgb,

    /// <summary>Blue, green, red, as networks trained on OpenCV's pictures take it.</summary>
    Bgr,
}
