using MLNet.Detection.Masks;

namespace MLNet.Detection.Data.MaskFormats;

/// <summary>A file with the number of the object of each pixel, 0 for background: objects of a single class.</summary>
internal sealed class InstanceMask(string path, int width, int height) : MaskSource
{
    public override LabelMap Read()
    {
        var objects = Numbers(path, width, height);
        return new(width, height, Array.ConvertAll(objects, number => (byte)(number > 0 ? 1 : 0))) { Instances = objects };
    }

    /// <summary>The objects of a file, numbered anew where its numbers or colours are too large.</summary>
    public static ushort[] Numbers(string path, int width, int height)
    {
        var stored = MaskNumbers.Sized(path, width, height).Numbers;
        if (stored.Max() <= ushort.MaxValue)
            return Array.ConvertAll(stored, number => (ushort)number);
        var places = stored.Where(number => number != 0).Distinct().Order().Index()
            .ToDictionary(pair => pair.Item, pair => checked((ushort)(pair.Index + 1)));
        return Array.ConvertAll(stored, number => number == 0 ? (ushort)0 : places[number]);
    }
}
