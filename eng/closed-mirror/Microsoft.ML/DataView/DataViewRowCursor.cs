namespace Microsoft.ML;

/// <summary>A row that moves forward through a data view, starting before the first row.</summary>
public abstract class DataViewRowCursor : DataViewRow
{
    public abstract bool MoveNext();
}
