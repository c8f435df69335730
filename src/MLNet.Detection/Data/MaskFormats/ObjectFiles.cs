using MLNet.Detection.Masks;

namespace MLNet.Detection.Data.MaskFormats;

/// <summary>A file for each object, whose pixels are not 0 there; a later file covers an earlier one.</summary>
internal sealed class ObjectFiles(IReadOnlyList<string> paths, int width, int height) : MaskSource
{
    public override LabelMap Read()
    {
        var objects = new ushort[width * height];
        foreach (var (i, path) in paths.Index())
        {
            var stored = MaskNumbers.Sized(path, width, height).Numbers;
            for (var at = 0; at < stored.Length; at++)
                if (stored[at] != 0)
                    objects[at] = checked((ushort)(i + 1));
        }
        return new(width, height, Array.ConvertAll(objects, number => (byte)(number > 0 ? 1 : 0))) { Instances = objects };
    }
}
