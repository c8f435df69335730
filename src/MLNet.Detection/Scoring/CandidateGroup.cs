namespace MLNet.Detection.Scoring;

/// <summary>Within which group of scores the best candidates are taken.</summary>
public enum CandidateGroup
{
    /// <summary>All anchors and classes of a feature level, as RetinaNet does.</summary>
    Level,

    /// <summary>All anchors of a class, as SSD does.</summary>
    Class,
}
