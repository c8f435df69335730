using Microsoft.ML.Data;
using MLNet.Detection.Interop;

namespace MLNet.Detection.Estimators;

/// <summary>What a step that changes pictures and boxes reads and replaces.</summary>
internal static class LabeledPictureColumns
{
    public static IReadOnlyList<InputColumn> Inputs(PictureStepOptions options)
    {
        List<InputColumn> inputs =
        [
            new(options.PictureColumnName, PictureDataViewType.Instance, nameof(options.PictureColumnName)),
            new(options.BoundingBoxColumnName, NumberDataViewType.Single, nameof(options.BoundingBoxColumnName))
                { IsVector = true },
            new(options.LabelColumnName, NumberDataViewType.UInt32, nameof(options.LabelColumnName))
                { IsVector = true, IsKey = true },
        ];
        void Optional(string? name, DataViewType item, string option, bool vector)
        {
            if (name is not null)
                inputs.Add(new(name, item, option) { IsVector = vector, IsOptional = true });
        }
        Optional(options.CrowdColumnName, BooleanDataViewType.Instance, nameof(options.CrowdColumnName), true);
        Optional(options.DifficultColumnName, BooleanDataViewType.Instance, nameof(options.DifficultColumnName), true);
        Optional(options.AreaColumnName, NumberDataViewType.Single, nameof(options.AreaColumnName), true);
        Optional(options.WidthColumnName, NumberDataViewType.Int32, nameof(options.WidthColumnName), false);
        Optional(options.HeightColumnName, NumberDataViewType.Int32, nameof(options.HeightColumnName), false);
        return inputs;
    }

    public static IReadOnlyList<ReplacedColumn> Replaced(PictureStepOptions options) =>
        [.. Inputs(options).Select(input => new ReplacedColumn(input.Name))];
}
