using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Images;
using MLNet.Detection.Interop;
using Options = MLNet.Detection.Estimators.DecodeImageEstimator.Options;

namespace MLNet.Detection.Estimators;

/// <summary>Adds decoded pictures; see <see cref="DecodeImageEstimator"/>.</summary>
public sealed class DecodeImageTransformer : RowTransformer
{
    private readonly Options _options;

    /// <summary>A transformer over the columns that the options name.</summary>
    public DecodeImageTransformer(Options options)
    {
        _options = options;
        Inputs = [.. RowPictureReader.Inputs(options.ImageColumnName, options.FileNameColumnName)];
        Added = [new(options.OutputColumnName, PictureDataViewType.Instance)];
    }

    internal override IReadOnlyList<InputColumn> Inputs { get; }

    internal override IReadOnlyList<DataViewSchema.DetachedColumn> Added { get; }

    internal override RowValues Open(DataViewRow input) => new Pictures(input, _options);

    private sealed class Pictures(DataViewRow input, Options options) : RowValues(input)
    {
        private readonly ImageDecoder _decoder = new(options.Decoding);
        private readonly RowPictureReader _reader = new(input, options.ImageColumnName, options.FileNameColumnName);
        private RgbImage? _picture;

        public override Delegate Getter(int added) => Computed((ref RgbImage value) => value = _picture!);

        public override void Dispose() => _decoder.Dispose();

        protected override void Compute() => _picture = _reader.Read().Decode(_decoder);
    }
}
