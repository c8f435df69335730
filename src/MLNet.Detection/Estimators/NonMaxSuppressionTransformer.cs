using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Boxes;
using MLNet.Detection.Interop;
using MLNet.Detection.Scoring;
using Options = MLNet.Detection.Estimators.NonMaxSuppressionEstimator.Options;

namespace MLNet.Detection.Estimators;

/// <summary>Thins out detections; see <see cref="NonMaxSuppressionEstimator"/>.</summary>
public sealed class NonMaxSuppressionTransformer : RowTransformer
{
    private readonly Options _options;

    /// <summary>A transformer over the columns that the options name.</summary>
    public NonMaxSuppressionTransformer(Options options)
    {
        _options = options;
        Inputs =
        [
            new(options.PredictedLabelColumnName, NumberDataViewType.UInt32, nameof(options.PredictedLabelColumnName))
                { IsVector = true, IsKey = true },
            new(options.PredictedBoundingBoxColumnName, NumberDataViewType.Single,
                nameof(options.PredictedBoundingBoxColumnName)) { IsVector = true },
            new(options.ScoreColumnName, NumberDataViewType.Single, nameof(options.ScoreColumnName))
                { IsVector = true },
        ];
        Replaced = [.. Inputs.Select(input => new ReplacedColumn(input.Name))];
    }

    internal override IReadOnlyList<InputColumn> Inputs { get; }

    internal override IReadOnlyList<DataViewSchema.DetachedColumn> Added => [];

    internal override IReadOnlyList<ReplacedColumn> Replaced { get; }

    internal override RowValues Open(DataViewRow input) => new Thinned(input, _options);

    private sealed class Thinned(DataViewRow input, Options options) : DetectedColumns(input)
    {
        private readonly ValueGetter<VBuffer<uint>> _label =
            input.GetGetter<VBuffer<uint>>(input.Schema[options.PredictedLabelColumnName]);
        private readonly ValueGetter<VBuffer<float>> _box =
            input.GetGetter<VBuffer<float>>(input.Schema[options.PredictedBoundingBoxColumnName]);
        private readonly ValueGetter<VBuffer<float>> _score =
            input.GetGetter<VBuffer<float>>(input.Schema[options.ScoreColumnName]);

        protected override void Compute()
        {
            VBuffer<uint> labels = default;
            VBuffer<float> corners = default, scores = default;
            _label(ref labels);
            _box(ref corners);
            _score(ref scores);
            if (corners.Length != 4 * labels.Length || scores.Length != labels.Length)
                throw new InvalidDataException(
                    $"Row {Input.Position}: {labels.Length} labels in '{options.PredictedLabelColumnName}' need "
                    + $"{4 * labels.Length} numbers in '{options.PredictedBoundingBoxColumnName}', found "
                    + $"{corners.Length}, and as many scores in '{options.ScoreColumnName}', found {scores.Length}.");
            var boxes = BoxConversion.ToBoxes([.. corners.DenseValues()], BoxFormat.Xyxy);
            var found = labels.DenseValues().Zip(boxes, scores.DenseValues())
                .Select(d => new DetectedObject(d.Second, (int)d.First - 1, d.Third));
            Found = options.Suppression.Apply([.. found]);
        }
    }
}
