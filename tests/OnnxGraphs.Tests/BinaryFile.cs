using System.Runtime.InteropServices;

namespace OnnxGraphs.Tests;

/// <summary>Raw little-endian reference files.</summary>
internal static class BinaryFile
{
    public static float[] Floats(string path) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(path)).ToArray();

    /// <summary>Pixels as the reference normalises them: x = u8 * scale + offset.</summary>
    public static float[] Pixels(string path, float scale, float offset) =>
        [.. File.ReadAllBytes(path).Select(pixel => pixel * scale + offset)];
}
