using System.Runtime.InteropServices;
using MLNet.Detection.Boxes;
using MLNet.Detection.Heads;
using MLNet.Detection.Images;
using MLNet.Detection.Matching;

namespace MLNet.Detection.Web;

/// <summary>Writes <c>data.bin</c>: the anchors, then pictures in the network's size with their boxes.</summary>
internal sealed class WebDataFile : IDisposable
{
    private readonly FileStream _file;

    public WebDataFile(string path, IReadOnlyList<Box> anchors)
    {
        _file = File.Create(path);
        _file.Write(MemoryMarshal.AsBytes<Box>(anchors.ToArray()));
    }

    /// <summary>Appends a picture, and says where.</summary>
    public WebPicture Add(Sample sample, RgbImage image)
    {
        var at = _file.Position;
        _file.Write(image.Pixels);
        _file.Write(new byte[(4 - _file.Position % 4) % 4]);
        Box[] boxes = [.. sample.Truths, .. sample.Ignored];
        int[] classes = [.. sample.Classes, .. Enumerable.Repeat(Matcher.Ignored, sample.Ignored.Length)];
        _file.Write(MemoryMarshal.AsBytes<Box>(boxes));
        _file.Write(MemoryMarshal.AsBytes<int>(classes));
        return new(sample.Name, at, boxes.Length);
    }

    public void Dispose() => _file.Dispose();
}
