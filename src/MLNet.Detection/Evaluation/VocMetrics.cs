namespace MLNet.Detection.Evaluation;

/// <summary>Pascal VOC metrics.</summary>
/// <param name="PerCategory">One entry a category, by rising id.</param>
public sealed record VocMetrics(IReadOnlyList<VocCategoryMetrics> PerCategory)
{
    /// <summary>Mean of the average precisions of the categories that have ground truths; NaN if none has.</summary>
    public double MAP { get; } =
        PerCategory.Where(c => c.GroundTruths > 0).Select(c => c.AP).DefaultIfEmpty(double.NaN).Average();
}
