using Microsoft.ML;
using MLNet.Detection.Interop;
using MLNet.Detection.Scoring;

namespace MLNet.Detection.Estimators;

/// <summary>The predictions of a row; over a window of rows, those of the whole window are made at once.</summary>
internal sealed class Detections(DataViewRow input, RowPictureReader reader, PictureScorer scorer)
    : DetectedColumns(input)
{
    private DetectedObject[][] _window = [];
    private long _start = -1;

    protected override void Compute()
    {
        if (Input is not LookaheadCursor ahead)
        {
            Found = scorer.Score(reader.Read);
            return;
        }
        if (_start != ahead.PositionOf(0))
        {
            _window = scorer.ScoreBatch([.. Enumerable.Range(0, ahead.Count).Select(slot => Reading(ahead, slot))]);
            _start = ahead.PositionOf(0);
        }
        Found = _window[ahead.Slot];
    }

    private Func<RowPicture> Reading(LookaheadCursor ahead, int slot) => () => reader.Read(ahead, slot);
}
