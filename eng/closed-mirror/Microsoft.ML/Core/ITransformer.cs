using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>Turns one data view into another.</summary>
public interface ITransformer : ICanSaveModel
{
    /// <summary>Whether every output row comes from the input row at the same place, and from nothing else.</summary>
    bool IsRowToRowMapper { get; }

    DataViewSchema GetOutputSchema(DataViewSchema inputSchema);

    /// <summary>A lazy view of the transformed rows.</summary>
    IDataView Transform(IDataView input);

    /// <summary>Throws unless <see cref="IsRowToRowMapper"/>.</summary>
    IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema);
}
