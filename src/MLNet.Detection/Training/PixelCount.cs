using MLNet.Detection.Masks;
using MLNet.Detection.Segmentation;

namespace MLNet.Detection.Training;

/// <summary>Pixels of each class in the training data. Any number of threads may add.</summary>
internal sealed class PixelCount
{
    private readonly long[] _counts = new long[LabelMap.Ignored + 1];
    private bool _unshown;

    public int Pictures { get; private set; }

    /// <summary>Whether some pixel does not count, or is of what the network has no channel for.</summary>
    public bool HasIgnored => _counts[LabelMap.Ignored] > 0 || _unshown;

    public void Add(LabelMap map, SegmenterModel model)
    {
        var own = new long[_counts.Length];
        foreach (var number in map.Classes)
            own[number]++;
        lock (_counts)
        {
            Pictures++;
            for (var i = 0; i < own.Length; i++)
                _counts[i] += own[i];
            _unshown |= own[0] > 0 && model is { BackgroundChannel: null, Activation: MapActivation.Softmax };
        }
    }

    /// <summary>Pixels of each class, without background.</summary>
    public long[] Classes(SegmenterModel model) => _counts[1..(model.Classes.Count + 1)];

    /// <summary>
    /// Weights of the channels, and of background where that is none, so that all classes weigh the same: 1 / (K f) with f
    /// the share of K classes that occur, whose mean over the pixels is 1; or the median of f / f.
    /// </summary>
    public float[] Balance(ClassBalance balance, SegmenterModel model)
    {
        var present = Enumerable.Range(0, model.Classes.Count + 1).Where(k => _counts[k] > 0).ToList();
        var all = (double)present.Sum(k => _counts[k]);
        var shares = present.Select(k => _counts[k] / all).Order().ToList();
        var middle = shares.Count == 0 ? 1 : (shares[(shares.Count - 1) / 2] + shares[shares.Count / 2]) / 2;
        var weights = new float[model.Channels + 1];
        Array.Fill(weights, 1f);
        foreach (var k in present)
        {
            var channel = model.ChannelOf((byte)k) is >= 0 and var own ? own : model.Channels;
            weights[channel] = (float)((balance == ClassBalance.Median ? middle : 1.0 / present.Count) / (_counts[k] / all));
        }
        return weights;
    }
}
