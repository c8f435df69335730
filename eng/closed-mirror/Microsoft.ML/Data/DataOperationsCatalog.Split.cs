using Microsoft.ML.Data;
using Microsoft.ML.Internal;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

public sealed partial class DataOperationsCatalog
{
    // What ML.NET splits by where neither the call nor the context gives a seed.
    private const int DefaultSplitSeed = 42;

    /// <summary>Splits rows by one random number a row, the same in every enumeration.</summary>
    /// <param name="data">The rows, whose order must not change between enumerations.</param>
    /// <param name="testFraction">Probability of a row to be in the test set; above 0, below 1.</param>
    /// <param name="samplingKeyColumnName">Not supported by this subset: rows that must stay together.</param>
    /// <param name="seed">Seed of the split; null takes the context's.</param>
    public TrainTestData TrainTestSplit(
        IDataView data, double testFraction = 0.1, string samplingKeyColumnName = null, int? seed = null)
    {
        Check.NotNull(data, nameof(data));
        Check.Argument(0 < testFraction && testFraction < 1, nameof(testFraction),
            $"Expected 0 to 1, got {testFraction}");
        if (samplingKeyColumnName != null)
            throw new NotSupportedException("The contract subset of ML.NET splits rows one by one; " +
                $"build with the Microsoft.ML package to split by column '{samplingKeyColumnName}'");
        var splitSeed = seed ?? contextSeed ?? DefaultSplitSeed;
        return new(Part(data, splitSeed, number => number >= testFraction),
            Part(data, splitSeed, number => number < testFraction));
    }

    private static FilteredView Part(IDataView data, int seed, Func<float, bool> isIn) =>
        new(data, false, _ => null, _ => false, _ =>
        {
            var random = new Tausworthe(seed);
            return () => isIn(random.NextSingle());
        });
}
