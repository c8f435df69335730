namespace MLNet.Detection.Evaluation;

/// <summary>How average precision is taken from a precision-recall curve.</summary>
public enum VocInterpolation
{
    /// <summary>Area under the falling envelope, VOC 2010 and later.</summary>
    Area,

    /// <summary>Mean over the recall levels 0, 0.1, ..., 1 of the best precision there or beyond, VOC 2007.</summary>
    ElevenPoint,
}
