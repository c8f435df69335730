using Microsoft.ML.Data;

namespace MLNet.Detection.Interop;

/// <summary>
/// Chance that belongs to a row and not to the thread that reads it: the same seed and row give the same numbers, in
/// any order of the rows and on any number of cursors.
/// </summary>
internal static class RowRandom
{
    /// <summary>The source of chance of a row.</summary>
    public static Random For(int seed, DataViewRowId row) =>
        new((int)Mixed(row.Low ^ Mixed(row.High ^ Mixed((uint)seed))));

    // The finisher of SplitMix64 (Steele et al. 2014): neighbouring numbers become unlike ones.
    private static ulong Mixed(ulong x)
    {
        x += 0x9E37_79B9_7F4A_7C15;
        x = (x ^ x >> 30) * 0xBF58_476D_1CE4_E5B9;
        x = (x ^ x >> 27) * 0x94D0_49BB_1331_11EB;
        return x ^ x >> 31;
    }
}
