using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Images;
using MLNet.Detection.Interop;
using Options = MLNet.Detection.Estimators.ResizeImageEstimator.Options;

namespace MLNet.Detection.Estimators;

/// <summary>Resizes pictures; see <see cref="ResizeImageEstimator"/>.</summary>
public sealed class ResizeImageTransformer : RowTransformer
{
    private readonly Options _options;

    /// <summary>A transformer over the columns that the options name.</summary>
    public ResizeImageTransformer(Options options)
    {
        _options = options;
        Inputs = [new(options.InputColumnName, PictureDataViewType.Instance, nameof(options.InputColumnName))];
        Added =
        [
            new(options.OutputColumnName, PictureDataViewType.Instance),
            new(options.ResizeTransformColumnName, new VectorDataViewType(NumberDataViewType.Single, 4)),
        ];
    }

    internal override IReadOnlyList<InputColumn> Inputs { get; }

    internal override IReadOnlyList<DataViewSchema.DetachedColumn> Added { get; }

    internal override RowValues Open(DataViewRow input) => new Pictures(input, _options);

    private sealed class Pictures(DataViewRow input, Options options) : RowValues(input)
    {
        private readonly ValueGetter<RgbImage> _original =
            input.GetGetter<RgbImage>(input.Schema[options.InputColumnName]);
        private RgbImage _picture = null!;
        private ResizedImage _resized = null!;

        public override Delegate Getter(int added) => added == 0
            ? Computed((ref RgbImage value) => value = _resized.Image)
            : Computed((ref VBuffer<float> value) => TransformColumn.Write(_resized.Transform, ref value));

        protected override void Compute()
        {
            _original(ref _picture);
            _resized = options.Resize.Apply(_picture);
        }
    }
}
