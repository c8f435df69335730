namespace MLNet.Detection.Images;

/// <summary>Which colour a network takes as its first channel.</summary>
public enum ChannelOrder
{
    /// <summary>Red, green, blue.</summary>
    Rgb,

    /// <summary>Blue, green, red, as networks trained on OpenCV's pictures take it.</summary>
    Bgr,

    /// <summary>One channel: 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601).</summary>
    Grey,
}
