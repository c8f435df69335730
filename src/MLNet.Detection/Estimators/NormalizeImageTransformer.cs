using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Images;
using MLNet.Detection.Interop;
using Options = MLNet.Detection.Estimators.NormalizeImageEstimator.Options;

namespace MLNet.Detection.Estimators;

/// <summary>Adds normalised pixels; see <see cref="NormalizeImageEstimator"/>.</summary>
public sealed class NormalizeImageTransformer : RowTransformer
{
    private readonly Options _options;

    /// <summary>A transformer over the columns that the options name.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A side is not positive.</exception>
    public NormalizeImageTransformer(Options options)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Width, nameof(options.Width));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Height, nameof(options.Height));
        _options = options;
        Inputs = [new(options.InputColumnName, PictureDataViewType.Instance, nameof(options.InputColumnName))];
        Added =
        [
            new(options.OutputColumnName,
                new VectorDataViewType(NumberDataViewType.Single, 3, options.Height, options.Width)),
        ];
    }

    internal override IReadOnlyList<InputColumn> Inputs { get; }

    internal override IReadOnlyList<DataViewSchema.DetachedColumn> Added { get; }

    private protected override string HowToKeep =>
        "Keep the options and make it anew; a DetectorModel saved as ONNX carries its normalisation.";

    internal override RowValues Open(DataViewRow input) => new Planes(input, _options);

    private sealed class Planes(DataViewRow input, Options options) : RowValues(input)
    {
        private readonly ValueGetter<RgbImage> _getter =
            input.GetGetter<RgbImage>(input.Schema[options.InputColumnName]);
        private RgbImage _picture = null!;

        public override Delegate Getter(int added) => Computed((ref VBuffer<float> value) =>
        {
            var editor = VBufferEditor.Create(ref value, _picture.Pixels.Length);
            options.Normalization.Write(_picture, editor.Values);
            value = editor.Commit();
        });

        protected override void Compute()
        {
            _getter(ref _picture);
            if (_picture.Width != options.Width || _picture.Height != options.Height)
                throw new InvalidDataException(
                    $"Row {Input.Position}, column '{options.InputColumnName}': found {_picture.Width} x "
                    + $"{_picture.Height} pixels, expected {options.Width} x {options.Height}. Resize pictures first.");
        }
    }
}
