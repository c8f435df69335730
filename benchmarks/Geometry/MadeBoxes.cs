using System.Runtime.InteropServices;
using MLNet.Detection.Anchors;
using MLNet.Detection.Boxes;

namespace Benchmarks.Geometry;

/// <summary>The boxes that both sides work on, as files of little-endian float32 and int64.</summary>
internal static class MadeBoxes
{
    private const int Side = 640;

    public static void Write(string folder)
    {
        var random = new Random(1);
        GridSize[] maps = [new(80, 80), new(40, 40), new(20, 20), new(10, 10), new(5, 5)];
        Save<Box>(folder, "anchors", RetinaNetAnchors.Default.Generate(Side, Side, maps));
        Save<Box>(folder, "truths", [.. Enumerable.Range(0, 50).Select(_ => Any(random, 400))]);
        // Ten boxes around each of a thousand objects, as a detector leaves them.
        var objects = Enumerable.Range(0, 1000).Select(_ => (Box: Any(random, 200), Class: random.Next(80))).ToArray();
        var found = Enumerable.Range(0, 10000).Select(i => objects[i % 1000]).ToArray();
        Save<Box>(folder, "boxes", [.. found.Select(o => Near(o.Box, random))]);
        Save<long>(folder, "classes", [.. found.Select(o => (long)o.Class)]);
        Save<float>(folder, "scores", [.. found.Select(_ => random.NextSingle())]);
    }

    public static T[] Load<T>(string folder, string name) where T : unmanaged =>
        MemoryMarshal.Cast<byte, T>(File.ReadAllBytes(Path.Combine(folder, name + ".bin"))).ToArray();

    private static void Save<T>(string folder, string name, ReadOnlySpan<T> values) where T : unmanaged =>
        File.WriteAllBytes(Path.Combine(folder, name + ".bin"), MemoryMarshal.AsBytes(values));

    // Small ones are more frequent than large ones, as in COCO.
    private static Box Any(Random random, float largest)
    {
        var (width, height) = (8 + largest * MathF.Pow(random.NextSingle(), 2),
            8 + largest * MathF.Pow(random.NextSingle(), 2));
        return Box.FromXywh(
            random.NextSingle() * (Side - width), random.NextSingle() * (Side - height), width, height);
    }

    private static Box Near(Box box, Random random)
    {
        float Move(float size) => 0.2f * size * (random.NextSingle() - 0.5f);
        return new(box.X0 + Move(box.Width), box.Y0 + Move(box.Height), box.X1 + Move(box.Width),
            box.Y1 + Move(box.Height));
    }
}
