namespace MLNet.Detection.Evaluation.Masks;

/// <summary>How well single objects are found, in means over the pictures.</summary>
/// <param name="AveragePrecision">TP / (TP + FP + FN) of objects, the mean over IoU above .50, .55, ..., .95: the number of the
/// 2018 Data Science Bowl (Caicedo et al. 2019, https://doi.org/10.1038/s41592-019-0612-7). A picture without objects, true
/// or predicted, counts 1.</param>
/// <param name="AveragePrecision50">The same at IoU .50 alone.</param>
/// <param name="AggregatedJaccard">The aggregated Jaccard index. Kumar et al. 2017, https://doi.org/10.1109/TMI.2017.2677499
/// </param>
/// <param name="True">True objects of all pictures.</param>
/// <param name="Predicted">Predicted objects of all pictures.</param>
/// <param name="TouchingPairs">Pairs of true objects that touch by a side or a corner.</param>
/// <param name="PairsToldApart">Of them those of which each object is mostly covered by a predicted object of its
/// own.</param>
public sealed record InstanceMetrics(double AveragePrecision, double AveragePrecision50, double AggregatedJaccard, long True,
    long Predicted, long TouchingPairs, long PairsToldApart);
