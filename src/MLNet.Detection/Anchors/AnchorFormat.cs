namespace MLNet.Detection.Anchors;

/// <summary>What the four numbers of an anchor in a file mean.</summary>
public enum AnchorFormat
{
    /// <summary>Corners x0, y0, x1, y1 in pixels of the network's input.</summary>
    XyxyPixels,

    /// <summary>Centre and size as parts of the network's input, as SSD priors are usually written.</summary>
    CxcywhNormalized,
}
