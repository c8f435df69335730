using MLNet.Detection.Data.MaskFormats;

namespace MLNet.Detection.Data;

/// <summary>
/// A form of data sets whose pictures have masks: how it is recognised and read. A picture without a mask, or one that
/// cannot be read, is left out and listed in <see cref="DetectionDataset.Problems"/>; a mask of another size is a
/// <see cref="DatasetException"/>.
/// </summary>
public abstract class MaskFormat
{
    private protected MaskFormat()
    {
    }

    /// <summary>All forms.</summary>
    public static IReadOnlyList<MaskFormat> All { get; } =
        [
            new ShapeMasks(DatasetFormat.Coco), new ShapeMasks(DatasetFormat.LabelMe), new CityscapesMasks(), new ObjectFolders(),
            new MaskFolders(), new ShapeMasks(DatasetFormat.Yolo),
        ];

    /// <summary>The name on a command line: "coco".</summary>
    public abstract string Name { get; }

    /// <summary>What a path of this form is.</summary>
    public abstract string Description { get; }

    /// <summary>The form of this name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists them.</exception>
    public static MaskFormat Named(string name) =>
        All.FirstOrDefault(format => format.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new ArgumentException(
            $"'{name}' is no form of masks; there are {string.Join(", ", All.Select(format => format.Name))}.");

    /// <summary>The form of a file or folder, found out from its content.</summary>
    /// <exception cref="DatasetException">There is nothing at the path, or no form recognises it.</exception>
    public static MaskFormat Detect(string path)
    {
        if (!File.Exists(path) && !Directory.Exists(path))
            throw new DatasetException(path, "", "there is no such file or folder", "Correct the path.");
        return All.FirstOrDefault(format => format.Recognizes(path)) ?? throw new DatasetException(
            path, "", "no form of masks recognises this " + (File.Exists(path) ? "file" : "folder"),
            "Expected " + string.Join("; ", All.Select(f => $"{f.Name}: {f.Description}")) + ".");
    }

    /// <summary>Whether a file or folder is of this form, by a look at its content.</summary>
    public abstract bool Recognizes(string path);

    /// <summary>The parts that the data set at a path names; empty when it has none.</summary>
    public abstract IReadOnlyList<string> Splits(string path);

    /// <summary>Reads a data set.</summary>
    /// <exception cref="DatasetException">Something is wrong with it; the message names file, place and remedy.</exception>
    public abstract DetectionDataset Load(string path, MaskOptions? options = null);
}
