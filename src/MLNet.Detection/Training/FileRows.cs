using Microsoft.ML.Data;
using MLNet.Detection.Data;
using MLNet.Detection.Images;
using MLNet.Detection.Interop;

namespace MLNet.Detection.Training;

/// <summary>Rows of a data set whose pictures are files: they can be read in any order, and again.</summary>
/// <param name="data">The data set.</param>
/// <param name="classOf">The model's class of each category, -1 for none.</param>
internal sealed class FileRows(DetectionDataset data, int[] classOf)
{
    /// <summary>How many.</summary>
    public int Count => data.Images.Length;

    /// <summary>Whether the annotations have the sizes of all pictures.</summary>
    public bool KnowSizes => data.Images.All(image => image.Width > 0 && image.Height > 0);

    /// <summary>A row without its picture.</summary>
    public SampleRow this[int row]
    {
        get
        {
            var image = data.Images[row];
            return new(image.FileName, row, default, [.. image.Boxes.Select(label => label.Box)],
                [.. image.Boxes.Select(label => classOf[label.Category])],
                [.. image.Boxes.Select(label => label.Crowd || label.Difficult)],
                [.. image.Boxes.Select(label => (float)label.Area)]);
        }
    }

    /// <summary>Sides of the upright picture, as annotated.</summary>
    public (int Width, int Height) SizeOf(int row) => (data.Images[row].Width, data.Images[row].Height);

    /// <summary>A row with its picture.</summary>
    /// <exception cref="UnreadableImageException">The file cannot be read.</exception>
    public SampleRow Open(int row)
    {
        VBuffer<byte> file = default;
        DetectionColumn.ReadFile(data.Images[row], ref file);
        return this[row] with { Image = new RowPicture([.. file.GetValues()], null, data.Images[row].FileName) };
    }
}
