namespace MLNet.Detection.Evaluation.Masks;

/// <summary>How well the pixels of one class are found. A share of nothing is NaN, and does not count in means.</summary>
/// <param name="Name">Name of the class; <c>background</c> for what is of none.</param>
/// <param name="True">Pixels that are of the class.</param>
/// <param name="Predicted">Pixels that are said to be.</param>
/// <param name="Common">Pixels that are both.</param>
/// <param name="BoundaryF1">How well its boundaries are met; NaN where it was not measured.</param>
public sealed record ClassOverlap(string Name, long True, long Predicted, long Common, double BoundaryF1)
{
    /// <summary>Common / (true + predicted - common): intersection over union, the Jaccard index.</summary>
    public double IoU => Share(Common, True + Predicted - Common);

    /// <summary>2 common / (true + predicted).</summary>
    public double Dice => Share(2 * Common, True + Predicted);

    /// <summary>Common / predicted.</summary>
    public double Precision => Share(Common, Predicted);

    /// <summary>Common / true.</summary>
    public double Recall => Share(Common, True);

    private static double Share(long part, long whole) => whole == 0 ? double.NaN : (double)part / whole;
}
