using Microsoft.ML;
using MLNet.Detection.Data;

namespace MLNet.Detection.Training;

/// <summary>Whether a data view has any.</summary>
internal static class Rows
{
    /// <exception cref="DatasetException">A view has none.</exception>
    public static void Demand(IDataView data, IDataView? validation)
    {
        Demand(data, "The training data");
        if (validation is not null)
            Demand(validation, nameof(TrainingOptions.ValidationSet));
    }

    private static void Demand(IDataView view, string name)
    {
        if (Any(view))
            return;
        (view as DetectionDataView)?.Dataset.RequireObjects();
        throw new DatasetException(
            name, "", "the view has no rows", "Look at what it is read from, and at filters and selections on the way.");
    }

    private static bool Any(IDataView view)
    {
        if (view.GetRowCount() is { } count)
            return count > 0;
        using var cursor = view.GetRowCursor([]);
        return cursor.MoveNext();
    }
}
