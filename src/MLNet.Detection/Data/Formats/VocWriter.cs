using System.Globalization;
using System.Xml;

namespace MLNet.Detection.Data.Formats;

/// <summary>Writes annotation files of Pascal VOC.</summary>
internal static class VocWriter
{
    public static void Write(
        LabeledImage image, IEnumerable<LabeledBox> boxes, IReadOnlyList<Category> categories, Stream file)
    {
        using var xml = XmlWriter.Create(file, new() { Indent = true, OmitXmlDeclaration = true });
        xml.WriteStartElement("annotation");
        xml.WriteElementString("folder", "JPEGImages");
        xml.WriteElementString("filename", image.FileName);
        xml.WriteStartElement("size");
        Number(xml, "width", image.Width);
        Number(xml, "height", image.Height);
        Number(xml, "depth", 3);
        xml.WriteEndElement();
        foreach (var box in boxes)
            WriteObject(xml, box, categories[box.Category].Name);
        xml.WriteEndElement();
    }

    private static void WriteObject(XmlWriter xml, LabeledBox box, string name)
    {
        xml.WriteStartElement("object");
        xml.WriteElementString("name", name);
        Number(xml, "difficult", box.Difficult ? 1 : 0);
        xml.WriteStartElement("bndbox");
        Number(xml, "xmin", box.Box.X0);
        Number(xml, "ymin", box.Box.Y0);
        Number(xml, "xmax", box.Box.X1);
        Number(xml, "ymax", box.Box.Y1);
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void Number(XmlWriter xml, string name, float value) =>
        xml.WriteElementString(name, value.ToString("R", CultureInfo.InvariantCulture));
}
