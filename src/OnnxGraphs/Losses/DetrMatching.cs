namespace OnnxGraphs.Losses;

/// <summary>
/// DETR's matching of queries and objects of one image: the assignment of least total cost -a p[class] + b |box
/// distance| - c GIoU. Boxes are centre and size. Carion et al. 2020, https://arxiv.org/abs/2005.12872
/// </summary>
/// <param name="ClassCost">a.</param>
/// <param name="L1Cost">b.</param>
/// <param name="IouCost">c.</param>
public sealed record DetrMatching(double ClassCost = 1, double L1Cost = 5, double IouCost = 2)
{
    private const double Alpha = 0.25;

    /// <summary>
    /// Whether each class has a sigmoid of its own and there is no channel for "no object". Then the cost of a class is
    /// a (A (1 - p)^2 -log p - (1 - A) p^2 -log(1 - p)) with A = 0.25, the focal loss of the class less that of none.
    /// Zhu et al. 2020, https://arxiv.org/abs/2010.04159
    /// </summary>
    public bool Sigmoid { get; init; }

    /// <summary>
    /// The object of each query, or -1. Logits of Q queries over C + 1 channels, boxes of Q queries, labels and boxes
    /// of the objects. Of more objects than queries those are matched whose total cost is the least.
    /// </summary>
    public int[] Match(ReadOnlySpan<float> logits, ReadOnlySpan<float> boxes, ReadOnlySpan<long> labels,
        ReadOnlySpan<float> objects)
    {
        var cost = Cost(logits, boxes, labels, objects);
        if (cost.GetLength(0) > cost.GetLength(1))
            return Assignment.LeastCost(Transposed(cost));
        var matched = Enumerable.Repeat(-1, cost.GetLength(1)).ToArray();
        foreach (var (item, query) in Assignment.LeastCost(cost).Index())
            matched[query] = item;
        return matched;
    }

    /// <summary>Costs, one row an object, one column a query.</summary>
    public double[,] Cost(ReadOnlySpan<float> logits, ReadOnlySpan<float> boxes, ReadOnlySpan<long> labels,
        ReadOnlySpan<float> objects)
    {
        var queries = boxes.Length / 4;
        if (boxes.Length % 4 != 0 || queries == 0 || logits.Length % queries != 0
            || objects.Length != 4 * labels.Length)
            throw new ArgumentException($"DetrMatching: {logits.Length} logits, {boxes.Length} numbers of boxes, "
                + $"{labels.Length} labels, {objects.Length} numbers of objects; expected Q (C + 1), 4 Q, n and 4 n.");
        var channels = logits.Length / queries;
        var cost = new double[labels.Length, queries];
        for (var q = 0; q < queries; q++)
        {
            var gain = Gains(logits.Slice(q * channels, channels));
            for (var i = 0; i < labels.Length; i++)
                cost[i, q] = Pair(gain[labels[i]], boxes.Slice(4 * q, 4), objects.Slice(4 * i, 4));
        }
        return cost;
    }

    private static double[,] Transposed(double[,] cost)
    {
        var transposed = new double[cost.GetLength(1), cost.GetLength(0)];
        for (var i = 0; i < cost.GetLength(0); i++)
            for (var j = 0; j < cost.GetLength(1); j++)
                transposed[j, i] = cost[i, j];
        return transposed;
    }

    private double Pair(double gain, ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var (distance, overlap, hull) = (0.0, 1.0, 1.0);
        for (var k = 0; k < 4; k++)
            distance += Math.Abs((double)a[k] - b[k]);
        for (var k = 0; k < 2; k++)
        {
            var (a0, a1) = (a[k] - 0.5 * a[k + 2], a[k] + 0.5 * a[k + 2]);
            var (b0, b1) = (b[k] - 0.5 * b[k + 2], b[k] + 0.5 * b[k + 2]);
            overlap *= Math.Max(0, Math.Min(a1, b1) - Math.Max(a0, b0));
            hull *= Math.Max(a1, b1) - Math.Min(a0, b0);
        }
        var union = Math.Max((double)a[2] * a[3] + (double)b[2] * b[3] - overlap, 1e-30);
        var giou = overlap / union - (hull - union) / Math.Max(hull, 1e-30);
        return L1Cost * distance - ClassCost * gain - IouCost * giou;
    }

    // What a class takes off the cost.
    private double[] Gains(ReadOnlySpan<float> logits)
    {
        var values = logits.ToArray();
        if (Sigmoid)
            return [.. values.Select(Focal)];
        var max = values.Max();
        double[] e = [.. values.Select(x => Math.Exp(x - max))];
        var sum = e.Sum();
        return [.. e.Select(x => x / sum)];
    }

    // -log p = log(1 + e^-x), which keeps its digits for any x.
    private static double Focal(float x)
    {
        var (p, hit) = (1 / (1 + Math.Exp(-x)), double.LogP1(Math.Exp(-Math.Abs(x))) + Math.Max(0, -(double)x));
        return (1 - Alpha) * p * p * (hit + x) - Alpha * (1 - p) * (1 - p) * hit;
    }
}
