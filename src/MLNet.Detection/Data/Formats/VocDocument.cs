using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using MLNet.Detection.Data.Formats;

namespace MLNet.Detection.Data;

/// <summary>One annotation file of Pascal VOC, with errors that name the line.</summary>
internal sealed class VocDocument
{
    private readonly string _path;

    public VocDocument(string path)
    {
        _path = path;
        var root = Load(path);
        FileName = root.Element("filename")?.Value.Trim() ?? "";
        Place = PlaceOf(root.Element("filename") ?? root);
        if (root.Element("size") is { } size && Pixels(size, "width") is { } width
            && Pixels(size, "height") is { } height)
            Size = (width, height);
        Objects = [.. root.Elements("object").Select((item, index) => Read(item, index))];
    }

    public sealed record Object(
        string Name, double XMin, double YMin, double XMax, double YMax, bool Difficult, AnnotationPlace Place);

    /// <summary>The picture's name; empty where there is none.</summary>
    public string FileName { get; }

    public AnnotationPlace Place { get; }

    /// <summary>Null where it is missing, or 0.</summary>
    public (int Width, int Height)? Size { get; }

    public IReadOnlyList<Object> Objects { get; }

    /// <summary>What it says of a picture.</summary>
    public FoundImage Image(string picture, long id, VocCoordinates coordinates) => new(
        picture,
        [.. Objects.Select(item => new FoundBox(item.Name, item.XMin, item.YMin, item.XMax, item.YMax, item.Place)
        {
            Difficult = item.Difficult,
        })],
        Place)
    {
        Id = id, Size = Size, FirstPixel = coordinates == VocCoordinates.OneBasedInclusive ? 1 : 0,
    };

    private static XElement Load(string path)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };
        try
        {
            using var text = VocText.Open(path);
            using var reader = XmlReader.Create(text, settings);
            return XDocument.Load(reader, LoadOptions.SetLineInfo).Root!;
        }
        catch (XmlException error)
        {
            throw new DatasetException(
                path, $"line {Math.Max(error.LineNumber, 1)}",
                $"the XML breaks off or is not well formed ({error.Message})",
                "Export the annotation again, or correct the file at that place.", error);
        }
        catch (DecoderFallbackException error)
        {
            throw new DatasetException(
                path, "", $"the file holds bytes that its encoding does not have ({error.Message})",
                "Write it in the encoding that its first line declares; in UTF-8 where there is none.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException(
                path, "", $"the annotation file cannot be read: {error.Message}", "Correct its permissions.", error);
        }
    }

    private Object Read(XElement item, int index)
    {
        var corners = Child(item, "bndbox");
        var line = ((IXmlLineInfo)item).LineNumber;
        return new(
            Text(item, "name"), Number(corners, "xmin"), Number(corners, "ymin"), Number(corners, "xmax"),
            Number(corners, "ymax"), item.Element("difficult")?.Value.Trim() == "1",
            new(_path, () => $"line {line}, object {index + 1}"));
    }

    private int? Pixels(XElement size, string name)
    {
        if (size.Element(name) is not { } element || element.Value.Trim().Length == 0)
            return null;
        var number = Number(size, name);
        return number <= 0 ? null
            : number <= int.MaxValue && number == Math.Floor(number) ? (int)number
            : throw PlaceOf(size).Error(
            $"<{name}> is {element.Value}, not a number of pixels", "Write the image's true size.");
    }

    private double Number(XElement parent, string name)
    {
        var text = Text(parent, name);
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number
            : throw PlaceOf(parent.Element(name)!).Error($"<{name}> is \"{text}\", not a number", "Correct the value.");
    }

    private string Text(XElement parent, string name) => Child(parent, name).Value.Trim();

    private XElement Child(XElement parent, string name) => parent.Element(name) ?? throw PlaceOf(parent).Error(
        $"<{parent.Name.LocalName}> has no <{name}>", "Add it, or export the annotation again.");

    private AnnotationPlace PlaceOf(XElement element)
    {
        var line = ((IXmlLineInfo)element).LineNumber;
        return new(_path, () => $"line {line}");
    }
}
