using System.Runtime.Intrinsics.X86;

namespace MLNet.Detection.Tool.Quantization;

/// <summary>How this processor adds products of 8-bit numbers.</summary>
internal static class IntegerProducts
{
    /// <summary>
    /// Whether it adds two of them in 16 bits, which overflow where weights take all their numbers: x64 without VNNI
    /// (AVX512_VNNI, leaf 7, ECX bit 11; AVX-VNNI, leaf 7.1, EAX bit 4).
    /// </summary>
    public static bool Overflow { get; } = X86Base.IsSupported && !HasVnni();

    private static bool HasVnni()
    {
        if (X86Base.CpuId(0, 0).Eax < 7)
            return false;
        var (leaves, _, ecx, _) = X86Base.CpuId(7, 0);
        return (ecx >> 11 & 1) == 1 || leaves >= 1 && (X86Base.CpuId(7, 1).Eax >> 4 & 1) == 1;
    }
}
