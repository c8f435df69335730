using Microsoft.ML;

namespace MLNet.Detection.Data;

/// <summary>
/// A data set as ML.NET sees it, one row an image; <see cref="DetectionColumns"/> names the columns. Nothing is held
/// but the annotations: an image file is read when a row is visited whose image column is active and asked for, and it
/// is the only thing that can fail then (<see cref="Images.UnreadableImageException"/>).
/// </summary>
public sealed class DetectionDataView : IDataView
{
    private readonly DetectionColumn[] _columns;

    /// <summary>A view of a data set.</summary>
    /// <param name="dataset">The data set.</param>
    public DetectionDataView(DetectionDataset dataset)
    {
        Dataset = dataset;
        _columns = DetectionColumn.Of(dataset);
        var builder = new DataViewSchema.Builder();
        foreach (var column in _columns)
            builder.AddColumn(column.Name, column.Type, column.Annotations);
        Schema = builder.ToSchema();
    }

    /// <summary>The data set under the view.</summary>
    public DetectionDataset Dataset { get; }

    /// <inheritdoc/>
    public DataViewSchema Schema { get; }

    /// <summary>True: a cursor with a source of chance visits every image once in an order that it decides.</summary>
    public bool CanShuffle => true;

    /// <summary>The number of images.</summary>
    public long? GetRowCount() => Dataset.Images.Length;

    /// <summary>
    /// A cursor over the images, in the order of the data set, or shuffled by <paramref name="rand"/>.
    /// </summary>
    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        var active = new bool[_columns.Length];
        foreach (var column in columnsNeeded)
            active[column.Index] = true;
        var order = Enumerable.Range(0, Dataset.Images.Length).ToArray();
        rand?.Shuffle(order);
        return new DetectionCursor(Schema, _columns, active, Dataset.Images, order);
    }

    /// <summary>One cursor over all images, whatever <paramref name="n"/> is.</summary>
    public DataViewRowCursor[] GetRowCursorSet(
        IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];
}
