using System.Globalization;
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
        FileName = Text(root, "filename");
        FileNamePlace = Place(root.Element("filename")!);
        var size = Child(root, "size");
        Width = Size(size, "width");
        Height = Size(size, "height");
        Objects = [.. root.Elements("object").Select((item, index) => Read(item, index))];
    }

    public sealed record Object(
        string Name, double XMin, double YMin, double XMax, double YMax, bool Difficult, AnnotationPlace Place);

    public string FileName { get; }

    public AnnotationPlace FileNamePlace { get; }

    public int Width { get; }

    public int Height { get; }

    public IReadOnlyList<Object> Objects { get; }

    /// <summary>What it says, with corners moved to where they are meant.</summary>
    public FoundImage Image(long id, VocCoordinates coordinates)
    {
        var shift = coordinates == VocCoordinates.OneBasedInclusive ? 1 : 0;
        return new(
            FileName,
            [.. Objects.Select(item => new FoundBox(
                item.Name, item.XMin - shift, item.YMin - shift, item.XMax, item.YMax, item.Place)
            {
                Difficult = item.Difficult,
            })],
            FileNamePlace) { Id = id, Size = (Width, Height) };
    }

    private static XElement Load(string path)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };
        try
        {
            using var reader = XmlReader.Create(path, settings);
            return XDocument.Load(reader, LoadOptions.SetLineInfo).Root!;
        }
        catch (XmlException error)
        {
            throw new DatasetException(
                path, $"line {Math.Max(error.LineNumber, 1)}",
                $"the XML breaks off or is not well formed ({error.Message})",
                "Export the annotation again, or correct the file at that place.", error);
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

    private int Size(XElement size, string name)
    {
        var number = Number(size, name);
        return number is >= 1 and <= int.MaxValue && number == Math.Floor(number) ? (int)number
            : throw Place(size).Error(
            $"<{name}> is {size.Element(name)!.Value}, not a number of pixels", "Write the image's true size.");
    }

    private double Number(XElement parent, string name)
    {
        var text = Text(parent, name);
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number
            : throw Place(parent.Element(name)!).Error($"<{name}> is \"{text}\", not a number", "Correct the value.");
    }

    private string Text(XElement parent, string name) => Child(parent, name).Value.Trim();

    private XElement Child(XElement parent, string name) => parent.Element(name) ?? throw Place(parent).Error(
        $"<{parent.Name.LocalName}> has no <{name}>", "Add it, or export the annotation again.");

    private AnnotationPlace Place(XElement element)
    {
        var line = ((IXmlLineInfo)element).LineNumber;
        return new(_path, () => $"line {line}");
    }
}
