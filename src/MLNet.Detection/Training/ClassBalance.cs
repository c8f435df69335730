namespace MLNet.Detection.Training;

/// <summary>How pixels of frequent and of rare classes weigh in a loss.</summary>
public enum ClassBalance
{
    /// <summary>Each pixel the same.</summary>
    None,

    /// <summary>Each class the same: 1 / (K f), f the share of a class of K in the training data.</summary>
    Inverse,

    /// <summary>The median of the shares divided by the class's. Eigen and Fergus 2015,
    /// https://arxiv.org/abs/1411.4734</summary>
    Median,
}
