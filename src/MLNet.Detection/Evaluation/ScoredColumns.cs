using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Interop;

namespace MLNet.Detection.Evaluation;

/// <summary>The columns of a scored view, checked, and how its predicted classes and its labels belong
/// together.</summary>
internal sealed class ScoredColumns
{
    private readonly int[] _categoryOfPrediction;

    public ScoredColumns(DataViewSchema schema, ScoredView.Options options)
    {
        InputColumn[] inputs =
        [
            Keys(options.LabelColumnName, nameof(options.LabelColumnName)),
            Floats(options.BoundingBoxColumnName, nameof(options.BoundingBoxColumnName)),
            Keys(options.PredictedLabelColumnName, nameof(options.PredictedLabelColumnName)),
            Floats(options.PredictedBoundingBoxColumnName, nameof(options.PredictedBoundingBoxColumnName)),
            Floats(options.ScoreColumnName, nameof(options.ScoreColumnName)),
            .. Optional(options.CrowdColumnName, BooleanDataViewType.Instance, nameof(options.CrowdColumnName)),
            .. Optional(options.DifficultColumnName, BooleanDataViewType.Instance, nameof(options.DifficultColumnName)),
            .. Optional(options.AreaColumnName, NumberDataViewType.Single, nameof(options.AreaColumnName)),
        ];
        foreach (var input in inputs)
            input.Check(schema);
        Needed = [.. inputs.Select(input => input.Find(schema)).OfType<DataViewSchema.Column>()];

        var (label, predicted) = (schema[options.LabelColumnName], schema[options.PredictedLabelColumnName]);
        Categories = Names(label);
        _categoryOfPrediction = Map(label, predicted);
    }

    public IReadOnlyList<DataViewSchema.Column> Needed { get; }

    public IReadOnlyList<string> Categories { get; }

    /// <summary>The category of a predicted key; -1 for a missing key, or a class that the labels do not
    /// know.</summary>
    public int CategoryOf(uint key) =>
        key > 0 && key <= _categoryOfPrediction.Length ? _categoryOfPrediction[key - 1] : -1;

    /// <summary>Whether a category is among the predicted classes.</summary>
    public bool Predicts(int category) => _categoryOfPrediction.Contains(category);

    private int[] Map(DataViewSchema.Column label, DataViewSchema.Column predicted)
    {
        var names = Names(predicted);
        if (!label.HasKeyValues() || !predicted.HasKeyValues())
            return [.. Enumerable.Range(0, names.Count).Select(i => i < Categories.Count ? i : -1)];
        var known = Categories.ToList();
        int[] map = [.. names.Select(name => known.IndexOf(name))];
        return map.Any(category => category >= 0) ? map : throw new ArgumentException(
            $"Column '{predicted.Name}' predicts {string.Join(", ", names)}, column '{label.Name}' labels "
            + $"{string.Join(", ", Categories)}: no name is in both. "
            + "Evaluate on data with the classes of the detector.");
    }

    private static IReadOnlyList<string> Names(DataViewSchema.Column column)
    {
        if (column.HasKeyValues())
            return KeyNames.Of(column);
        var key = (KeyDataViewType)((VectorDataViewType)column.Type).ItemType;
        return [.. Enumerable.Range(1, checked((int)key.Count)).Select(i => $"class {i}")];
    }

    private static InputColumn Keys(string name, string option) =>
        new(name, NumberDataViewType.UInt32, option) { IsVector = true, IsKey = true };

    private static InputColumn Floats(string name, string option) =>
        new(name, NumberDataViewType.Single, option) { IsVector = true };

    private static IEnumerable<InputColumn> Optional(string? name, DataViewType item, string option) =>
        name is null ? [] : [new(name, item, option) { IsVector = true, IsOptional = true }];
}
