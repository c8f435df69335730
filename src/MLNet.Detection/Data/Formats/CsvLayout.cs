using System.Globalization;

namespace MLNet.Detection.Data.Formats;

/// <summary>Which column of a CSV file is what; -1 where there is none.</summary>
internal sealed record CsvLayout
{
    private static readonly string[] Files =
        ["filename", "file", "filepath", "image", "imagename", "imagepath", "path", "imageid"];

    private static readonly string[] Labels = ["class", "label", "classname", "labelname", "category", "name"];

    public required int File { get; init; }

    public required int Label { get; init; }

    /// <summary>The columns of left, top, then right and bottom or width and height.</summary>
    public required IReadOnlyList<int> Corners { get; init; }

    /// <summary>Whether the last two corners are width and height.</summary>
    public bool HasSizes { get; init; }

    public int Width { get; init; } = -1;

    public int Height { get; init; } = -1;

    /// <summary>Open Images' mark of groups.</summary>
    public int Group { get; init; } = -1;

    /// <summary>Whether the first line names the columns.</summary>
    public bool HasHeader { get; init; } = true;

    /// <summary>Whether boxes are parts of the picture by the format's rules; else it is found out.</summary>
    public bool Normalized { get; init; }

    /// <summary>The column of AutoML's sets: TRAIN, VALIDATION, TEST.</summary>
    public int Set { get; init; } = -1;

    /// <summary>Whether the file's column is an id, to which .jpg belongs.</summary>
    public bool NamesIds { get; init; }

    /// <summary>The layout that a first line stands for; null when it is none that is known.</summary>
    public static CsvLayout? Of(IReadOnlyList<string> first) =>
        OfHeader([.. first.Select(Plain)]) ?? (first.Count switch
    {
        // keras-retinanet: path,x1,y1,x2,y2,class
        6 when first.Skip(1).Take(4).All(IsNumberOrEmpty) =>
            new() { File = 0, Label = 5, Corners = [1, 2, 3, 4], HasHeader = false },
        // Google's AutoML: set,path,label,x_min,y_min,,,x_max,y_max,, where the set may be left out
        11 when first.Skip(3).All(IsNumberOrEmpty) => new()
        {
            Set = 0, File = 1, Label = 2, Corners = [3, 4, 7, 8], HasHeader = false, Normalized = true,
        },
        10 when first.Skip(2).All(IsNumberOrEmpty) => new()
        {
            File = 0, Label = 1, Corners = [2, 3, 6, 7], HasHeader = false, Normalized = true,
        },
        _ => null,
    });

    private static CsvLayout? OfHeader(string[] names)
    {
        int Find(params ReadOnlySpan<string> wanted)
        {
            foreach (var name in wanted)
                if (Array.IndexOf(names, name) is >= 0 and var at)
                    return at;
            return -1;
        }

        int[] corners =
        [
            Find("xmin", "x1", "left"), Find("ymin", "y1", "top"), Find("xmax", "x2", "right"),
            Find("ymax", "y2", "bottom"),
        ];
        int[] sizes =
        [
            Find("bboxx", "x"), Find("bboxy", "y"), Find("bboxwidth", "bboxw", "w"), Find("bboxheight", "bboxh", "h"),
        ];
        var (file, label, hasCorners) = (Find(Files), Find(Labels), !corners.Contains(-1));
        return file < 0 || label < 0 || (!hasCorners && sizes.Contains(-1)) ? null : new()
        {
            File = file, Label = label, Corners = hasCorners ? corners : sizes, HasSizes = !hasCorners,
            Width = Find("width", "imagewidth", "imgwidth"), Height = Find("height", "imageheight", "imgheight"),
            Group = Find("isgroupof"), NamesIds = names[file] == "imageid",
            // Open Images
            Normalized = names[file] == "imageid" && hasCorners && Find("isgroupof", "isoccluded") >= 0,
        };
    }

    // X_Min, XMin and xmin are one.
    private static string Plain(string name) =>
        string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    private static bool IsNumberOrEmpty(string text) =>
        text.Length == 0 || double.TryParse(text, CultureInfo.InvariantCulture, out _);
}
