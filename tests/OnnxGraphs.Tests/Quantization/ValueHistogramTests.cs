using OnnxGraphs.Quantization;

namespace OnnxGraphs.Tests.Quantization;

/// <summary>Ranges from numbers whose distribution is known.</summary>
[TestClass]
public sealed class ValueHistogramTests
{
    // 0.000, 0.001, ..., 9.999 in a mixed order, so that the bins widen on the way.
    private static readonly float[] Even = [.. Enumerable.Range(0, 10_000).Select(i => i * 7919 % 10_000 / 1000f)];

    [TestMethod]
    public void Least_and_largest_are_kept_as_they_are()
    {
        var range = Of([.. Even, -2.5f]).Range(RangeMethod.MinMax, 0);
        Assert.AreEqual(new ValueRange(-2.5, 9.999f), range);
    }

    [TestMethod]
    [DataRow(90.0, 0.5, 9.5)]
    [DataRow(99.0, 0.05, 9.95)]
    [DataRow(100.0, 0.0, 10.0)]
    public void A_percentile_keeps_the_middle(double percentile, double low, double high)
    {
        var range = Of(Even).Range(RangeMethod.Percentile, percentile);
        Assert.AreEqual(low, range.Min, 0.01);
        Assert.AreEqual(high, range.Max, 0.01);
    }

    [TestMethod]
    public void Entropy_leaves_outliers_of_a_normal_distribution_out()
    {
        float[] numbers = [.. new RandomTensors(3).Normal(200_000).Values<float>(), 60f, -60f];
        var range = Of(numbers).Range(RangeMethod.Entropy, 0);
        Assert.IsTrue(range is { Max: > 2.5 and < 8, Min: > -8 and < -2.5 }, $"{range}");
        Assert.AreEqual(new ValueRange(-60, 60), Of(numbers).Range(RangeMethod.MinMax, 0));
    }

    [TestMethod]
    public void Even_numbers_are_not_clipped_by_entropy()
    {
        var range = Of([.. Even, .. Even.Select(number => -number)]).Range(RangeMethod.Entropy, 0);
        Assert.AreEqual(9.999, range.Max, 0.1);
        Assert.AreEqual(-9.999, range.Min, 0.1);
    }

    [TestMethod]
    public void One_number_alone_has_0_in_its_range()
    {
        foreach (var method in Enum.GetValues<RangeMethod>())
        {
            Assert.AreEqual(new ValueRange(0, 3), Of([3, 3]).Range(method, 99));
            Assert.AreEqual(new ValueRange(0, 0), Of([0, 0]).Range(method, 99));
        }
    }

    [TestMethod]
    public void What_is_no_number_is_counted_apart()
    {
        var histogram = Of([1, float.NaN, float.NegativeInfinity, 2]);
        Assert.AreEqual(2, histogram.NotFinite);
        Assert.AreEqual(new ValueRange(1, 2), histogram.Range(RangeMethod.MinMax, 0));
    }

    private static ValueHistogram Of(float[] numbers)
    {
        var histogram = new ValueHistogram();
        foreach (var part in numbers.Chunk(997))
            histogram.Add(part);
        return histogram;
    }
}
