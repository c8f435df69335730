using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Images;
using MLNet.Detection.Interop;
using MLNet.Detection.Segmentation;

namespace MLNet.Detection.Estimators;

/// <summary>The map of labels of a row, its size, and the probabilities.</summary>
internal sealed class SegmentedColumns(
    DataViewRow input, RowPictureReader reader, PictureScorer<RgbImage, SegmentedPicture?> scorer) : RowValues(input)
{
    private readonly ScoredWindow<RgbImage, SegmentedPicture?> _scored = new(input, reader, scorer);
    private SegmentedPicture? _found;

    public override Delegate Getter(int added) => added switch
    {
        0 => Values(found => found.Labels.Classes),
        1 => Computed((ref int value) => value = _found?.Width ?? 0),
        2 => Computed((ref int value) => value = _found?.Height ?? 0),
        _ => Values(found => found.Probabilities),
    };

    protected override void Compute() => _found = _scored.Current();

    private ValueGetter<VBuffer<T>> Values<T>(Func<SegmentedPicture, T[]> select) => Computed((ref VBuffer<T> value) =>
    {
        T[] values = _found is null ? [] : select(_found);
        var editor = VBufferEditor.Create(ref value, values.Length);
        values.CopyTo(editor.Values);
        value = editor.Commit();
    });
}
