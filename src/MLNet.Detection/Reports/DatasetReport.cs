using System.Text.Json;
using System.Text.Json.Serialization;
using MLNet.Detection.Data;
using MLNet.Detection.Data.Formats;
using MLNet.Detection.Data.Inspection;

namespace MLNet.Detection.Reports;

/// <summary>
/// Writes up what was found in a data set: as one HTML file that needs nothing else, or as JSON for programs.
/// </summary>
public static class DatasetReport
{
    private const int Samples = 12, Suspicious = 12;

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>The HTML text, with some pictures of each part and the suspicious ones.</summary>
    /// <param name="inspection">What was found.</param>
    /// <param name="splits">The parts that were inspected.</param>
    /// <param name="title">The heading.</param>
    public static string Render(
        DatasetInspection inspection, IReadOnlyList<DatasetSplit> splits, string title = "Data set report")
    {
        splits = DatasetInspection.SameClasses(splits);
        string[] classes = [.. splits[0].Dataset.Categories.Select(category => category.Name)];
        using var thumbnails = new Thumbnails();
        return ReportPage.Draw(title, $"{classes.Length} classes: {string.Join(", ", classes)}.", Figures(inspection),
            DatasetTables.DrawSplits(inspection), DatasetTables.DrawClasses(inspection), DatasetCharts.Draw(inspection),
            DatasetTables.DrawSuspicions(inspection),
            LabelGallery.Draw("Suspicious pictures", SuspiciousPictures(inspection, thumbnails), classes),
            LabelGallery.Draw("Some pictures", SamplePictures(splits, thumbnails), classes));
    }

    /// <summary>Writes the HTML file.</summary>
    /// <param name="inspection">What was found.</param>
    /// <param name="splits">The parts that were inspected.</param>
    /// <param name="path">The file.</param>
    /// <param name="overwrite">Whether a file of that name is replaced.</param>
    /// <exception cref="IOException">
    /// The file exists and <paramref name="overwrite"/> is false, or cannot be written.
    /// </exception>
    public static void WriteHtml(
        DatasetInspection inspection, IReadOnlyList<DatasetSplit> splits, string path, bool overwrite = false) =>
        Write(path, overwrite, Render(inspection, splits));

    /// <summary>Writes the numbers and suspicions as JSON, names in snake_case.</summary>
    /// <param name="inspection">What was found.</param>
    /// <param name="path">The file.</param>
    /// <param name="overwrite">Whether a file of that name is replaced.</param>
    /// <exception cref="IOException">
    /// The file exists and <paramref name="overwrite"/> is false, or cannot be written.
    /// </exception>
    public static void WriteJson(DatasetInspection inspection, string path, bool overwrite = false) =>
        Write(path, overwrite, JsonSerializer.Serialize(inspection, Json));

    private static void Write(string path, bool overwrite, string text)
    {
        using var writer = new StreamWriter(OutputFile.Create(path, overwrite));
        writer.Write(text);
    }

    private static ReportFigure[] Figures(DatasetInspection data) =>
    [
        new("Pictures", $"{data.Splits.Sum(split => split.Images)}", Each(data, split => split.Images)),
        new("Boxes", $"{data.Splits.Sum(split => split.Boxes)}", Each(data, split => split.Boxes)),
        new("Classes", $"{data.Splits[0].Classes.Count}",
            $"{data.Splits[0].Classes.Count(c => c.Boxes == 0)} without boxes"
            + (data.Splits.Count > 1 ? $" in {data.Splits[0].Name}" : "")),
        new("Suspicions", $"{data.Suspicions.Count}", "labels and pictures to look at"),
        .. data.Anchors.Where(anchors => anchors.Recall50 is not null).Take(1).Select(anchors => new ReportFigure(
            "Anchors’ recall", HtmlText.Metric(anchors.Recall50!.Value), "best possible at IoU 0.50")),
    ];

    private static string Each(DatasetInspection data, Func<SplitStatistics, int> number) => data.Splits.Count < 2 ? ""
        : string.Join(", ", data.Splits.Select(split => $"{split.Name} {number(split)}"));

    // Evenly over each part, in its order.
    private static (ReportPicture, string)[] SamplePictures(
        IReadOnlyList<DatasetSplit> splits, Thumbnails thumbnails)
    {
        IEnumerable<LabeledImage> Chosen(DatasetSplit split)
        {
            var images = split.Dataset.Images;
            var count = Math.Min(Math.Max(1, Samples / splits.Count), images.Length);
            return Enumerable.Range(0, count).Select(i => images[(int)((long)i * images.Length / count)]);
        }

        return [.. splits.SelectMany(Chosen, (split, image) => (split, image))
            .Select(item => (thumbnails.Of(item.image, item.image.Boxes)!,
                $"{item.split.Name} {item.image.Boxes.Count} boxes"))
            .Where(picture => picture.Item1 is not null)];
    }

    // Kinds in turn, so that a frequent one does not hide the others.
    private static (ReportPicture, string)[] SuspiciousPictures(DatasetInspection data, Thumbnails thumbnails) =>
    [
        .. data.Suspicions.Where(suspicion => suspicion.Image is not null)
            .GroupBy(suspicion => suspicion.Kind)
            .SelectMany(kind => kind.DistinctBy(s => s.Image).Select((suspicion, turn) => (suspicion, turn)))
            .OrderBy(item => item.turn).ThenBy(item => item.suspicion.Kind)
            .Take(Suspicious)
            .Select(item => (thumbnails.Of(item.suspicion.Image!, Meant(item.suspicion))!,
                $"{item.suspicion.Split} {item.suspicion.Kind}"))
            .Where(picture => picture.Item1 is not null),
    ];

    private static IEnumerable<LabeledBox> Meant(Suspicion suspicion) => suspicion.Image!.Boxes
        .Where(box => suspicion.Boxes.Count == 0 || suspicion.Boxes.Contains(box.Id));
}
