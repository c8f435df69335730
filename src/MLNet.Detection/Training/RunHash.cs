using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using MLNet.Detection.Data;
using MLNet.Detection.Heads;
using OnnxGraphs.Models;

namespace MLNet.Detection.Training;

/// <summary>Whether two runs have the same data, and begin with the same network.</summary>
internal static class RunHash
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
        return Digits(SHA256.HashData(MemoryMarshal.AsBytes(own.AsSpan())));
    }

    /// <summary>Of the names and the values of all weights, trained or not, in 16 digits.</summary>
    public static string OfWeights(OnnxModel model)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var tensor in model.Proto.Graph.Initializer)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(tensor.Name));
            hash.AppendData(tensor.HasRawData ? tensor.RawData.Span : tensor.ToTensor().Data);
        }
        return Digits(hash.GetHashAndReset());
    }

    private static string Digits(ReadOnlySpan<byte> hash) => Convert.ToHexStringLower(hash[..8]);
}
