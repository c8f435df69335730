using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Images;
using MLNet.Detection.Interop;
using Options = MLNet.Detection.Estimators.PreprocessImageEstimator.Options;

namespace MLNet.Detection.Estimators;

/// <summary>Adds pixels and transform; see <see cref="PreprocessImageEstimator"/>.</summary>
public sealed class PreprocessImageTransformer : RowTransformer
{
    private readonly Options _options;

    /// <summary>A transformer over the columns that the options name.</summary>
    public PreprocessImageTransformer(Options options)
    {
        _options = options;
        Inputs = [.. RowPictureReader.Inputs(options.ImageColumnName, options.FileNameColumnName)];
        var pixels = new VectorDataViewType(NumberDataViewType.Single, 3, options.Resize.Height, options.Resize.Width);
        Added =
        [
            new(options.OutputColumnName, pixels),
            new(options.ResizeTransformColumnName, new VectorDataViewType(NumberDataViewType.Single, 4)),
        ];
    }

    internal override IReadOnlyList<InputColumn> Inputs { get; }

    internal override IReadOnlyList<DataViewSchema.DetachedColumn> Added { get; }

    private protected override string HowToKeep =>
        "Keep the options and make it anew; a DetectorModel saved as ONNX carries its size and normalisation.";

    internal override RowValues Open(DataViewRow input) => new Pictures(input, _options);

    private sealed class Pictures(DataViewRow input, Options options) : RowValues(input)
    {
        private readonly ImageDecoder _decoder = new(options.Decoding);
        private readonly RowPictureReader _reader = new(input, options.ImageColumnName, options.FileNameColumnName);
        private ResizedImage? _picture;

        public override Delegate Getter(int added) => added == 0
            ? Computed((ref VBuffer<float> value) =>
            {
                var editor = VBufferEditor.Create(ref value, _picture!.Image.Pixels.Length);
                options.Normalization.Write(_picture.Image, editor.Values);
                value = editor.Commit();
            })
            : Computed((ref VBuffer<float> value) => TransformColumn.Write(_picture!.Transform, ref value));

        public override void Dispose() => _decoder.Dispose();

        protected override void Compute() => _picture = _reader.Read().Resized(_decoder, options.Resize);
    }
}
