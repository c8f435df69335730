using Microsoft.ML;
using MLNet.Detection.Images;
using MLNet.Detection.Interop;
using MLNet.Detection.Scoring;

namespace MLNet.Detection.Estimators;

/// <summary>The predictions of a row; over a window of rows, those of the whole window are made at once.</summary>
internal sealed class Detections(
    DataViewRow input, RowPictureReader reader, PictureScorer<ResizedImage, DetectedObject[]> scorer) : DetectedColumns(input)
{
    private readonly ScoredWindow<ResizedImage, DetectedObject[]> _scored = new(input, reader, scorer);

    protected override void Compute() => Found = _scored.Current();
}
