using Microsoft.ML;
using MLNet.Detection.Interop;

namespace MLNet.Detection.Estimators;

/// <summary>What a network says of the picture of a row; over a window of rows, all of the window is scored at once.</summary>
internal sealed class ScoredWindow<TPicture, TResult>(
    DataViewRow input, RowPictureReader reader, PictureScorer<TPicture, TResult> scorer) where TPicture : class
{
    private TResult[] _window = [];
    private long _start = -1;

    /// <summary>The row as it stands.</summary>
    public TResult Current()
    {
        if (input is not LookaheadCursor ahead)
            return scorer.Score(reader.Read);
        if (_start != ahead.PositionOf(0))
        {
            _window = scorer.ScoreBatch([.. Enumerable.Range(0, ahead.Count).Select(slot =>
                (Func<RowPicture>)(() => reader.Read(ahead, slot)))]);
            _start = ahead.PositionOf(0);
        }
        return _window[ahead.Slot];
    }
}
