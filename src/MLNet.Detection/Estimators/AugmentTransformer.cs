using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Augmentation;
using MLNet.Detection.Data;
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

    // Saved as nothing: a model that is read back only predicts.
    private protected override ITransformer ForModelFile() => new TransformerChain<ITransformer>();

    internal override RowValues Open(DataViewRow input) => new Changed(input, options);

    private sealed class Changed(DataViewRow input, Options options) : ChangedPicture(input, options)
    {
        private readonly LabeledPictureReader _reader = new(input, options);

        protected override LabeledPicture Change(Random random) =>
            options.Augmentation.Apply(_reader.Read(), random);
    }
}
