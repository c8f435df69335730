using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Boxes;
using MLNet.Detection.Interop;
using MLNet.Detection.Scoring;

namespace MLNet.Detection.Estimators;

/// <summary>The predictions of a row; over a window of rows, those of the whole window are made at once.</summary>
internal sealed class Detections(DataViewRow input, EncodedImageReader reader, PictureScorer scorer) : RowValues(input)
{
    private DetectedObject[][] _window = [];
    private long _start = -1;
    private DetectedObject[] _found = [];

    public override Delegate Getter(int added) => added switch
    {
        0 => Each(found => (uint)found.Class + 1),
        1 => Computed<VBuffer<float>>(CopyBoxes),
        _ => Each(found => found.Score),
    };

    protected override void Compute()
    {
        if (Input is not LookaheadCursor ahead)
        {
            _found = scorer.Score(reader.Read);
            return;
        }
        if (_start != ahead.PositionOf(0))
        {
            _window = scorer.ScoreBatch([.. Enumerable.Range(0, ahead.Count).Select(slot => Reading(ahead, slot))]);
            _start = ahead.PositionOf(0);
        }
        _found = _window[ahead.Slot];
    }

    private Func<EncodedImage> Reading(LookaheadCursor ahead, int slot) => () => reader.Read(ahead, slot);

    private ValueGetter<VBuffer<T>> Each<T>(Func<DetectedObject, T> select) => Computed((ref VBuffer<T> value) =>
    {
        var editor = VBufferEditor.Create(ref value, _found.Length);
        for (var i = 0; i < _found.Length; i++)
            editor.Values[i] = select(_found[i]);
        value = editor.Commit();
    });

    private void CopyBoxes(ref VBuffer<float> value)
    {
        var editor = VBufferEditor.Create(ref value, 4 * _found.Length);
        var boxes = MemoryMarshal.Cast<float, Box>(editor.Values);
        for (var i = 0; i < boxes.Length; i++)
            boxes[i] = _found[i].Box;
        value = editor.Commit();
    }
}
