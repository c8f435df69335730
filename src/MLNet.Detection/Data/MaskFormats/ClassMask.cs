using MLNet.Detection.Masks;

namespace MLNet.Detection.Data.MaskFormats;

/// <summary>A file with the class of each pixel, and perhaps one with the object of each.</summary>
internal sealed class ClassMask(string path, MaskNumbers numbers, int width, int height, string? objects = null) : MaskSource
{
    public override LabelMap Read()
    {
        var map = numbers.Read(path, width, height);
        return objects is null ? map : map with { Instances = InstanceMask.Numbers(objects, width, height) };
    }
}
