using MLNet.Detection.Masks;

namespace MLNet.Detection.Evaluation.Masks;

/// <summary>The objects of a picture beside the predicted ones: pixels in common, precision, aggregated Jaccard
/// index.</summary>
internal sealed class ObjectMatch
{
    private readonly long[] _truth, _predicted;
    private readonly long[,] _common;

    /// <summary>Compares numbers of objects, 0 for none.</summary>
    public ObjectMatch(int[] truth, int[] predicted)
    {
        (_truth, _predicted) = (new long[truth.Max() + 1], new long[predicted.Max() + 1]);
        _common = new long[_truth.Length, _predicted.Length];
        for (var i = 0; i < truth.Length; i++)
        {
            _truth[truth[i]]++;
            _predicted[predicted[i]]++;
            _common[truth[i], predicted[i]]++;
        }
    }

    public int True => _truth.Length - 1;

    public int Predicted => _predicted.Length - 1;

    /// <summary>TP / (TP + FP + FN) at IoU above a threshold of at least one half, where matches are unique.</summary>
    public double Precision(double threshold)
    {
        var hits = 0;
        for (var i = 1; i <= True; i++)
            for (var j = 1; j <= Predicted; j++)
                hits += IoU(i, j) > threshold ? 1 : 0;
        return True + Predicted == 0 ? 1 : (double)hits / (True + Predicted - hits);
    }

    /// <summary>Each true object with the predicted one of the highest IoU; predicted ones that are none's add to the
    /// union.</summary>
    public double AggregatedJaccard()
    {
        var (common, union, used) = (0L, 0L, new bool[Predicted + 1]);
        for (var i = 1; i <= True; i++)
        {
            var best = 0;
            for (var j = 1; j <= Predicted; j++)
                if (_common[i, j] > 0 && (best == 0 || IoU(i, j) > IoU(i, best)))
                    best = j;
            (common, union) = best == 0 ? (common, union + _truth[i])
                : (common + _common[i, best], union + _truth[i] + _predicted[best] - _common[i, best]);
            used[best] = true;
        }
        for (var j = 1; j <= Predicted; j++)
            union += used[j] ? 0 : _predicted[j];
        return union == 0 ? 1 : (double)common / union;
    }

    /// <summary>The predicted object that covers more than half of a true one; 0 where none does.</summary>
    public int Cover(int truth)
    {
        for (var j = 1; j <= Predicted; j++)
            if (2 * _common[truth, j] > _truth[truth])
                return j;
        return 0;
    }

    private double IoU(int i, int j) => (double)_common[i, j] / (_truth[i] + _predicted[j] - _common[i, j]);
}
