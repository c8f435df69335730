using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MLNet.Detection.Data;
using MLNet.Detection.Heads;

namespace MLNet.Detection.Training;

/// <summary>Whether two runs have the same data.</summary>
internal static class SampleHash
{
    /// <summary>Of the labels of a sample, and of its picture where there is one.</summary>
    public static long Of(Sample sample, LabeledPicture? picture)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(picture?.Image.Pixels ?? []);
        hash.AppendData(MemoryMarshal.AsBytes(sample.Truths.AsSpan()));
        hash.AppendData(MemoryMarshal.AsBytes(sample.Classes.AsSpan()));
        hash.AppendData(MemoryMarshal.AsBytes(sample.Ignored.AsSpan()));
        if (picture?.Labels is { } map)
        {
            hash.AppendData(map.Classes);
            hash.AppendData(MemoryMarshal.AsBytes((map.Instances ?? []).AsSpan()));
            hash.AppendData(MemoryMarshal.AsBytes((map.Weights ?? []).AsSpan()));
        }
        return BitConverter.ToInt64(hash.GetHashAndReset());
    }

    /// <summary>Of the boxes of all samples, in their order, in 16 digits.</summary>
    public static string OfLabels(IEnumerable<Sample> samples)
    {
        long[] own = [.. samples.Select(sample => Of(sample, null))];
        return Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(own.AsSpan())).AsSpan(0, 8));
    }
}
