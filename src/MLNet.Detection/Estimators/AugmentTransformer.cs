using Microsoft.ML;
using MLNet.Detection.Augmentation;
using MLNet.Detection.Interop;
using Options = MLNet.Detection.Estimators.AugmentEstimator.Options;

namespace MLNet.Detection.Estimators;

/// <summary>Changes pictures and boxes at random; see <see cref="AugmentEstimator"/>.</summary>
/// <param name="options">The change, the seed and the columns.</param>
public sealed class AugmentTransformer(Options options) : RowTransformer
{
    internal override IReadOnlyList<InputColumn> Inputs { get; } = LabeledPictureColumns.Inputs(options);

    internal override IReadOnlyList<DataViewSchema.DetachedColumn> Added => [];

    internal override IReadOnlyList<ReplacedColumn> Replaced { get; } = LabeledPictureColumns.Replaced(options);

    private protected override string HowToKeep =>
        "It is for training only: save the chain that GetModelFor(TransformerScope.Scoring) gives.";

    internal override RowValues Open(DataViewRow input) => new Changed(input, options);

    private sealed class Changed(DataViewRow input, Options options) : ChangedPicture(input, options)
    {
        private readonly LabeledPictureReader _reader = new(input, options);

        protected override LabeledPicture Change(Random random) =>
            options.Augmentation.Apply(_reader.Read(), random);
    }
}
