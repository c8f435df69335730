namespace MLNet.Detection.Evaluation;

/// <summary>How many training pictures show a category.</summary>
public enum LvisFrequency
{
    /// <summary>Up to 10 pictures.</summary>
    Rare,

    /// <summary>11 to 100 pictures.</summary>
    Common,

    /// <summary>More than 100 pictures.</summary>
    Frequent,
}
