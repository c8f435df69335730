using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Augmentation;
using MLNet.Detection.Data;
using MLNet.Detection.Interop;
using Options = MLNet.Detection.Estimators.MixPicturesEstimator.Options;

namespace MLNet.Detection.Estimators;

/// <summary>Makes pictures out of several; see <see cref="MixPicturesEstimator"/>.</summary>
public sealed class MixPicturesTransformer : RowTransformer
{
    private readonly Options _options;

    /// <summary>A transformer over the columns that the options name.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The window has less than 2 rows.</exception>
    public MixPicturesTransformer(Options options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Window, 2, nameof(options.Window));
        (_options, Inputs, Replaced) =
            (options, LabeledPictureColumns.Inputs(options), LabeledPictureColumns.Replaced(options));
    }

    /// <summary>False: a row depends on its neighbours, so that there is nothing to predict one row with.</summary>
    public override bool IsRowToRowMapper => false;

    internal override IReadOnlyList<InputColumn> Inputs { get; }

    internal override IReadOnlyList<DataViewSchema.DetachedColumn> Added => [];

    internal override IReadOnlyList<ReplacedColumn> Replaced { get; }

    // Saved as nothing: a model that is read back only predicts.
    private protected override ITransformer ForModelFile() => new TransformerChain<ITransformer>();

    /// <summary>A lazy view; its cursors read a window of rows ahead.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    public override IDataView Transform(IDataView input) =>
        new AddedColumnsView(input, Bind(input.Schema), _options.Window);

    internal override RowValues Open(DataViewRow input) => new Mixed((LookaheadCursor)input, _options);

    private sealed class Mixed(LookaheadCursor window, Options options) : ChangedPicture(window, options)
    {
        private readonly LabeledPictureReader _reader = new(window, options);

        protected override LabeledPicture Change(Random random)
        {
            var others = new LabeledPicture[options.Mix.Others];
            for (var i = 0; i < others.Length; i++)
                others[i] = _reader.Read(window, random.Next(window.Count));
            return options.Mix.Apply(_reader.Read(window, window.Slot), others, random);
        }
    }
}
