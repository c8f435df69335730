using MLNet.Detection.Heads;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Interop;
using Options = MLNet.Detection.Estimators.SampleAnchorsEstimator.Options;

namespace MLNet.Detection.Estimators;

/// <summary>Ignores anchors that are not chosen; see <see cref="SampleAnchorsEstimator"/>.</summary>
public sealed class SampleAnchorsTransformer : RowTransformer
{
    private readonly Options _options;

    /// <summary>A transformer over the columns that the options name.</summary>
    public SampleAnchorsTransformer(Options options)
    {
        _options = options;
        var matches = new InputColumn(
            options.MatchedIndicesColumnName, NumberDataViewType.Int32, nameof(options.MatchedIndicesColumnName))
            { IsVector = true };
        var losses = new InputColumn(
            options.LossColumnName, NumberDataViewType.Single, nameof(options.LossColumnName)) { IsVector = true };
        Inputs = options.Sampler.NeedsLosses ? [matches, losses] : [matches];
        Replaced = [new(options.MatchedIndicesColumnName, KeepsLength: true)];
    }

    internal override IReadOnlyList<InputColumn> Inputs { get; }

    internal override IReadOnlyList<DataViewSchema.DetachedColumn> Added => [];

    internal override IReadOnlyList<ReplacedColumn> Replaced { get; }

    private protected override string HowToKeep =>
        "Keep the options and make it anew; training needs it, a trained detector does not.";

    internal override RowValues Open(DataViewRow input) => new Sampled(input, _options);

    private sealed class Sampled(DataViewRow input, Options options) : RowValues(input)
    {
        private readonly ValueGetter<DataViewRowId> _id = input.GetIdGetter();
        private readonly ValueGetter<VBuffer<int>> _matches =
            input.GetGetter<VBuffer<int>>(input.Schema[options.MatchedIndicesColumnName]);
        private readonly ValueGetter<VBuffer<float>>? _losses = options.Sampler.NeedsLosses
            ? input.GetGetter<VBuffer<float>>(input.Schema[options.LossColumnName]) : null;
        private VBuffer<int> _found;
        private VBuffer<float> _loss;
        private int[] _sampled = [];

        public override Delegate Getter(int added) => Computed((ref VBuffer<int> value) =>
        {
            var editor = VBufferEditor.Create(ref value, _sampled.Length);
            _sampled.CopyTo(editor.Values);
            value = editor.Commit();
        });

        protected override void Compute()
        {
            DataViewRowId id = default;
            _id(ref id);
            _matches(ref _found);
            _losses?.Invoke(ref _loss);
            _sampled = [.. _found.DenseValues()];
            float[] losses = [.. _loss.DenseValues()];
            if (_losses is not null && losses.Length != _sampled.Length)
                throw new InvalidDataException(
                    $"Row {Input.Position}, column '{options.LossColumnName}': found {losses.Length} losses, expected "
                    + $"{_sampled.Length}, one an anchor. Correct the data, or name another column.");
            options.Sampler.Sample(_sampled, losses, RowRandom.For(options.Seed, id));
        }
    }
}
