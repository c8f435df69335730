using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Interop;
using MLNet.Detection.Scoring;

namespace MLNet.Detection.Estimators;

/// <summary>The objects found in a row as three columns: labels (keys, class 0 is key 1), boxes, scores.</summary>
internal abstract class DetectedColumns(DataViewRow input) : BoxedItems<DetectedObject>(input)
{
    /// <summary>What was found in the row, by falling score.</summary>
    protected DetectedObject[] Found { get; set; } = [];

    protected sealed override IReadOnlyList<DetectedObject> Items => Found;

    /// <summary>The types of the three columns, in the order of the getters.</summary>
    public static IReadOnlyList<DataViewSchema.DetachedColumn> Columns(
        string labels, string boxes, string scores, IReadOnlyList<string> classes)
    {
        var floats = new VectorDataViewType(NumberDataViewType.Single);
        return [KeyNames.Column(labels, classes), new(boxes, floats), new(scores, floats)];
    }

    public override Delegate Getter(int added) => added switch
    {
        0 => Each(found => (uint)found.Class + 1),
        1 => Corners(found => found.Box),
        _ => Each(found => found.Score),
    };
}
