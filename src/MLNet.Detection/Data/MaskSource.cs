using MLNet.Detection.Masks;

namespace MLNet.Detection.Data;

/// <summary>Where the map of labels of a picture comes from; nothing is read until it is asked for.</summary>
public abstract class MaskSource
{
    private protected MaskSource()
    {
    }

    /// <summary>Reads the map, in the size of the upright picture.</summary>
    /// <exception cref="Images.UnreadableImageException">A file cannot be read.</exception>
    /// <exception cref="DatasetException">A file has another size than its picture, or numbers that are of no class.</exception>
    public abstract LabelMap Read();
}
