namespace MLNet.Detection.Data;

/// <summary>How the corners in Pascal VOC files are meant.</summary>
public enum VocCoordinates
{
    /// <summary>Taken as written: what labelling programs write and most converters assume.</summary>
    AsWritten,

    /// <summary>
    /// Pixels counted from 1, both ends inside, as in the original Pascal VOC challenge: x0 = xmin - 1, x1 = xmax.
    /// </summary>
    OneBasedInclusive,
}
