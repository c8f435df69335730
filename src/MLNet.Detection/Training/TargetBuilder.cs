using System.Runtime.InteropServices;
using MLNet.Detection.Boxes;
using MLNet.Detection.Matching;

namespace MLNet.Detection.Training;

/// <summary>From the objects of an image to what each anchor must predict. Safe for several threads at once.</summary>
internal sealed class TargetBuilder(IReadOnlyList<Box> anchors, Matcher matcher, BoxCoder coder)
{
    private readonly Box[] _anchors = [.. anchors];
    private readonly BoxColumns _columns = new([.. anchors]);

    /// <summary>Anchors of an image.</summary>
    public int Count => _anchors.Length;

    /// <summary>Writes the class (from 0; -1 background, -2 ignored) and the encoded box of each anchor.</summary>
    public void Write(Sample sample, Span<long> classes, Span<float> boxes)
    {
        var matches = new int[Count];
        matcher.Match(sample.Truths, _columns, matches, sample.Ignored);
        coder.EncodeMatches(sample.Truths, matches, _anchors, MemoryMarshal.Cast<float, BoxDelta>(boxes));
        for (var i = 0; i < matches.Length; i++)
            classes[i] = matches[i] < 0 ? matches[i] : sample.Classes[matches[i]];
    }
}
