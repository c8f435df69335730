namespace MLNet.Detection.Evaluation;

/// <summary>COCO's classes of object area.</summary>
public enum ObjectSize
{
    /// <summary>Every area.</summary>
    All,

    /// <summary>At most 32 x 32 pixels.</summary>
    Small,

    /// <summary>From 32 x 32 to 96 x 96 pixels.</summary>
    Medium,

    /// <summary>At least 96 x 96 pixels.</summary>
    Large,
}
