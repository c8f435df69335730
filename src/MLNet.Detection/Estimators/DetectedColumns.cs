using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Boxes;
using MLNet.Detection.Interop;
using MLNet.Detection.Scoring;

namespace MLNet.Detection.Estimators;

/// <summary>The objects found in a row as three columns: labels (keys, class 0 is key 1), boxes, scores.</summary>
internal abstract class DetectedColumns(DataViewRow input) : RowValues(input)
{
    /// <summary>What was found in the row, by falling score.</summary>
    protected DetectedObject[] Found { get; set; } = [];

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
        1 => Computed<VBuffer<float>>(CopyBoxes),
        _ => Each(found => found.Score),
    };

    private ValueGetter<VBuffer<T>> Each<T>(Func<DetectedObject, T> select) => Computed((ref VBuffer<T> value) =>
    {
        var editor = VBufferEditor.Create(ref value, Found.Length);
        for (var i = 0; i < Found.Length; i++)
            editor.Values[i] = select(Found[i]);
        value = editor.Commit();
    });

    private void CopyBoxes(ref VBuffer<float> value)
    {
        var editor = VBufferEditor.Create(ref value, 4 * Found.Length);
        var boxes = MemoryMarshal.Cast<float, Box>(editor.Values);
        for (var i = 0; i < boxes.Length; i++)
            boxes[i] = Found[i].Box;
        value = editor.Commit();
    }
}
