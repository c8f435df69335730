using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace MLNet.Detection.Data.Formats;

/// <summary>A box a line; the columns are found by their names.</summary>
internal sealed class CsvFormat : NamedClassFormat
{
    private static readonly string[] Header =
        ["filename", "width", "height", "class", "xmin", "ymin", "xmax", "ymax"];

    public override string Name => "csv";

    public override string Description => "a .csv file with a line a box: filename, class, xmin, ymin, xmax, ymax, "
        + "or the columns of Open Images, AutoML, keras-retinanet or makesense";

    private protected override DatasetTraits Holds => DatasetTraits.None;

    public override bool Recognizes(string path)
    {
        if (!Path.GetExtension(path).Equals(".csv", StringComparison.OrdinalIgnoreCase) || !File.Exists(path))
            return false;
        using var file = new StreamReader(path);
        using var csv = new CsvParser(file, Reading());
        return csv.Read() && CsvLayout.Of(csv.Record!) is not null;
    }

    public override IReadOnlyList<string> Splits(string path) =>
        Parsed(path, csv => new CsvRows(csv, path).Splits());

    protected override IEnumerable<FoundImage> Read(string path, DatasetAssembly assembly, DatasetOptions options)
    {
        if (options.Split is { } split && Splits(path) is { } splits && !splits.Contains(split))
            throw new DatasetException(path, "", $"there is no part \"{split}\"",
                $"It has {string.Join(", ", splits.DefaultIfEmpty("no parts"))}.");
        return Parsed(path, csv => new CsvRows(csv, path, options.Split, assembly).Images().ToList());
    }

    private static T Parsed<T>(string path, Func<CsvParser, T> read)
    {
        try
        {
            using var stream = new JsonSource(path).Open();
            using var file = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true));
            using var csv = new CsvParser(file, Reading());
            return read(csv);
        }
        catch (DecoderFallbackException error)
        {
            throw new DatasetException(path, "", $"the file is not UTF-8 ({error.Message})",
                "Save it as UTF-8.", error);
        }
        catch (CsvHelperException error)
        {
            throw new DatasetException(
                path, $"line {error.Context?.Parser?.RawRow ?? 1}", "the line is not well formed CSV",
                "Quotes inside quoted fields are doubled (RFC 4180); correct the line.", error);
        }
    }

    protected override void Write(DetectionDataset dataset, Stream file)
    {
        using var writer = new StreamWriter(file, leaveOpen: true);
        using var csv = new CsvWriter(writer, Writing());
        Line(csv, Header);
        foreach (var image in dataset.Images)
        {
            string[] start = [image.FileName, Text(image.Width), Text(image.Height)];
            var boxes = Writable(image).ToArray();
            foreach (var box in boxes)
                Line(csv, [.. start, dataset.Categories[box.Category].Name, Text(box.Box.X0), Text(box.Box.Y0),
                    Text(box.Box.X1), Text(box.Box.Y1)]);
            if (boxes.Length == 0)   // as keras-retinanet marks a picture without objects
                Line(csv, [.. start, "", "", "", "", ""]);
        }
    }

    private static CsvConfiguration Reading() =>
        new(CultureInfo.InvariantCulture) { DetectDelimiter = true, TrimOptions = TrimOptions.Trim };

    private static CsvConfiguration Writing() => new(CultureInfo.InvariantCulture) { NewLine = "\n" };

    private static void Line(CsvWriter csv, IEnumerable<string> fields)
    {
        foreach (var field in fields)
            csv.WriteField(field);
        csv.NextRecord();
    }

    private static string Text(float number) => number.ToString("R", CultureInfo.InvariantCulture);
}
