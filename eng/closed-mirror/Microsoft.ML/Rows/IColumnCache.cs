namespace Microsoft.ML.Data;

internal interface IColumnCache
{
    /// <summary>Whether all rows are here.</summary>
    bool IsFull { get; }

    void Begin(DataViewRow row);

    void Add();

    void End();

    /// <summary>A getter of the value at the place that <paramref name="index"/> tells.</summary>
    Delegate Getter(Func<int> index);
}
