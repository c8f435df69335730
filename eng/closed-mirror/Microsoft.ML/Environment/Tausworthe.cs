using System.Numerics;

namespace Microsoft.ML.Runtime;

/// <summary>
/// Three Tausworthe generators and a linear congruential one, combined; the same numbers as ML.NET from the same seed,
/// so that shuffles and splits agree. L'Ecuyer 1996; Howes and Thomas, GPU Gems 3, chapter 37.
/// </summary>
internal sealed class Tausworthe : Random
{
    private uint z1;
    private uint z2;
    private uint z3;
    private uint z4;

    public Tausworthe(int seed)
    {
        z1 = (uint)seed;
        z2 = Murmur(z1, z1);
        z3 = Murmur(z2, z1);
        z4 = Murmur(z3, z1);
    }

    /// <summary>Takes its state from another generator's numbers.</summary>
    public Tausworthe(Random seeds)
    {
        z1 = LargeEnough(seeds);
        z2 = LargeEnough(seeds);
        z3 = LargeEnough(seeds);
        z4 = Bits(seeds);
    }

    public override int Next()
    {
        var bits = NextBits();
        return (int)(bits + (bits & 0x80000000));
    }

    public override int Next(int maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxValue);
        return (int)((ulong)NextBits() * (ulong)maxValue >> 32);
    }

    public override int Next(int minValue, int maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minValue, maxValue);
        return (int)((long)(NextDouble() * ((long)maxValue - minValue)) + minValue);
    }

    public override double NextDouble() => NextBits() / 4294967296.0;

    public override float NextSingle() => (NextBits() >> 9) / 8388608f;

    public override void NextBytes(byte[] buffer)
    {
        for (var i = 0; i < buffer.Length; i++)
            buffer[i] = (byte)Next();
    }

    public int NextSigned() => (int)NextBits();

    private uint NextBits()
    {
        z1 = Step(z1, 13, 19, 12, ~1u);
        z2 = Step(z2, 2, 25, 4, ~7u);
        z3 = Step(z3, 3, 11, 17, ~15u);
        z4 = 1664525 * z4 + 1013904223;
        return z1 ^ z2 ^ z3 ^ z4;
    }

    private static uint Step(uint z, int s1, int s2, int s3, uint mask) => ((z & mask) << s3) ^ (((z << s1) ^ z) >> s2);

    // One round of MurmurHash3.
    private static uint Murmur(uint hash, uint chunk)
    {
        hash ^= BitOperations.RotateLeft(chunk * 0xCC9E2D51, 15) * 0x1B873593;
        return BitOperations.RotateLeft(hash, 13) * 5 + 0xE6546B64;
    }

    private static uint Bits(Random seeds) => ((uint)seeds.Next(0x10000) << 16) | (uint)seeds.Next(0x10000);

    // A Tausworthe generator degenerates from a small state.
    private static uint LargeEnough(Random seeds)
    {
        var bits = Bits(seeds);
        while (bits < 128)
            bits = Bits(seeds);
        return bits;
    }
}
