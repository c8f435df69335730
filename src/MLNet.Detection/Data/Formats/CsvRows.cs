using System.Globalization;
using CsvHelper;

namespace MLNet.Detection.Data.Formats;

/// <summary>Reads the lines of a CSV file and gathers those of each picture, which need not stand together.</summary>
internal sealed class CsvRows(CsvParser csv, string path, string? split = null, DatasetAssembly? assembly = null)
{
    private readonly Dictionary<string, Picture> _pictures = [];

    private static readonly string[] Sets = ["train", "val", "test"];

    private sealed record Picture(AnnotationPlace Place, (int Width, int Height)? Size, List<FoundBox> Boxes);

    public IEnumerable<FoundImage> Images()
    {
        if (!csv.Read())
            throw new DatasetException(path, "", "the file is empty", "Write a line a box.");
        var layout = CsvLayout.Of(csv.Record!) ?? throw new DatasetException(
            path, "line 1", $"found the columns {string.Join(", ", csv.Record!)}",
            "Expected names such as filename, class, xmin, ymin, xmax, ymax.");
        if (!layout.HasHeader)
            Add(csv.Record!, layout);
        while (csv.Read())
            Add(csv.Record!, layout);
        return _pictures.Select(pair => new FoundImage(pair.Key, pair.Value.Boxes, pair.Value.Place)
        {
            Size = pair.Value.Size, Normalized = layout.Normalized,
        });
    }

    private void Add(string[] fields, CsvLayout layout)
    {
        var line = csv.RawRow;
        var place = new AnnotationPlace(path, () => $"line {line}");
        if (split is not null && layout.Set >= 0 && SetOf(Field(fields, layout.Set, place)) is var set && set != split)
        {
            if (set is null)
                assembly?.AddProblem(place.Problem($"the line names no part, such as TRAIN; left out of \"{split}\""));
            return;
        }
        var name = Field(fields, layout.File, place);
        if (layout.NamesIds && !Path.HasExtension(name))
            name += ".jpg";
        if (!_pictures.TryGetValue(name, out var picture))
            _pictures.Add(name, picture = new(place, Size(fields, layout, place), []));
        if (layout.Corners.All(column => Field(fields, column, place).Length == 0))
            return;   // a picture without objects
        double[] at = [.. layout.Corners.Select(column => Number(Field(fields, column, place), place))];
        if (layout.HasSizes)
            (at[2], at[3]) = (at[0] + at[2], at[1] + at[3]);
        picture.Boxes.Add(new(Field(fields, layout.Label, place), at[0], at[1], at[2], at[3], place)
        {
            Crowd = layout.Group >= 0 && Field(fields, layout.Group, place) is "1" or "true" or "True",
        });
    }

    /// <summary>The parts that the first column gives, in their usual order.</summary>
    public IReadOnlyList<string> Splits()
    {
        var found = new HashSet<string>();
        if (csv.Read() && CsvLayout.Of(csv.Record!) is { Set: >= 0 and var column })
            do
                if (csv.Record!.Length > column && SetOf(csv.Record[column]) is { } set)
                    found.Add(set);
            while (csv.Read());
        return [.. Sets.Where(found.Contains)];
    }

    // TRAIN or TRAINING, VALIDATION or VALIDATE, TEST; UNASSIGNED and nothing belong to none.
    private static string? SetOf(string name) =>
        Sets.FirstOrDefault(set => name.StartsWith(set, StringComparison.OrdinalIgnoreCase));

    private static (int Width, int Height)? Size(string[] fields, CsvLayout layout, AnnotationPlace place) =>
        layout.Width < 0 || layout.Height < 0 ? null
        : Pixels(Field(fields, layout.Width, place), place) is { } width
            && Pixels(Field(fields, layout.Height, place), place) is { } height ? (width, height) : null;

    private static string Field(string[] fields, int column, AnnotationPlace place) => column < fields.Length
        ? fields[column]
        : throw place.Error(
            $"the line has {fields.Length} fields, but field {column + 1} is needed",
            "Complete the line or remove it.");

    private static double Number(string text, AnnotationPlace place) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number
            : throw place.Error($"found \"{text}\" where a number belongs", "Correct the line or remove it.");

    // Null where it is left out, or 0.
    private static int? Pixels(string text, AnnotationPlace place) => text.Length == 0 ? null
        : Number(text, place) is >= 0 and <= int.MaxValue and var number && number == Math.Floor(number)
            ? number > 0 ? (int)number : null
            : throw place.Error($"found \"{text}\" where a number of pixels belongs", "Write the picture's true size.");
}
