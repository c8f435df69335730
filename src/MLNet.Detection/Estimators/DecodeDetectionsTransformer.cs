using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Boxes;
using MLNet.Detection.Images;
using MLNet.Detection.Interop;
using Options = MLNet.Detection.Estimators.DecodeDetectionsEstimator.Options;

namespace MLNet.Detection.Estimators;

/// <summary>Adds objects decoded from raw outputs; see <see cref="DecodeDetectionsEstimator"/>.</summary>
public sealed class DecodeDetectionsTransformer : RowTransformer
{
    private readonly Options _options;
    private readonly Box[] _anchors;

    /// <summary>A transformer over the columns that the options name.</summary>
    /// <exception cref="ArgumentException">There is no anchor or no class.</exception>
    public DecodeDetectionsTransformer(Options options)
    {
        if (options.Anchors.Count == 0 || options.Classes.Count == 0)
            throw new ArgumentException(
                $"{options.Anchors.Count} anchors and {options.Classes.Count} classes; give those of the network.",
                nameof(options));
        (_options, _anchors) = (options, [.. options.Anchors]);
        InputColumn Floats(string name, string option) =>
            new(name, NumberDataViewType.Single, option) { IsVector = true };
        List<InputColumn> inputs =
        [
            Floats(options.ClassOutputColumnName, nameof(options.ClassOutputColumnName)),
            Floats(options.BoxOutputColumnName, nameof(options.BoxOutputColumnName)),
        ];
        if (options.ResizeTransformColumnName is { } transform)
            inputs.Add(Floats(transform, nameof(options.ResizeTransformColumnName)) with { IsOptional = true });
        Inputs = inputs;
        Added = DetectedColumns.Columns(options.PredictedLabelColumnName, options.PredictedBoundingBoxColumnName,
            options.ScoreColumnName, options.Classes);
    }

    internal override IReadOnlyList<InputColumn> Inputs { get; }

    internal override IReadOnlyList<DataViewSchema.DetachedColumn> Added { get; }

    private protected override string HowToKeep =>
        "Keep the options and make it anew; a DetectorModel saved as ONNX carries its decoding.";

    internal override RowValues Open(DataViewRow input) => new Decoded(input, _options, _anchors);

    private sealed class Decoded(DataViewRow input, Options options, Box[] anchors) : DetectedColumns(input)
    {
        private readonly ValueGetter<VBuffer<float>> _classes = Floats(input, options.ClassOutputColumnName)!;
        private readonly ValueGetter<VBuffer<float>> _boxes = Floats(input, options.BoxOutputColumnName)!;
        private readonly ValueGetter<VBuffer<float>>? _transform = Floats(input, options.ResizeTransformColumnName);

        protected override void Compute()
        {
            var background = options.Decoder.BackgroundClass;
            var scores = Read(_classes, options.ClassOutputColumnName,
                anchors.Length * (options.Classes.Count + (background is null ? 0 : 1)));
            var deltas = Read(_boxes, options.BoxOutputColumnName, 4 * anchors.Length);
            var transform = _transform is null ? ResizeTransform.Identity
                : TransformColumn.Read(new(4, Read(_transform, options.ResizeTransformColumnName!, 4)))!.Value;
            var found = options.Decoder.Decode(scores, MemoryMarshal.Cast<float, BoxDelta>(deltas), anchors,
                options.ImageWidth, options.ImageHeight);
            Found = Array.ConvertAll(found, o => o with
            {
                Box = transform.ToOriginal(o.Box), Class = o.Class > background ? o.Class - 1 : o.Class,
            });
        }

        private float[] Read(ValueGetter<VBuffer<float>> getter, string column, int expected)
        {
            VBuffer<float> value = default;
            getter(ref value);
            return value.Length == expected ? [.. value.DenseValues()] : throw new InvalidDataException(
                $"Row {Input.Position}, column '{column}': found {value.Length} numbers, expected {expected} for "
                + $"{anchors.Length} anchors and {options.Classes.Count} classes. Name another column, or check the "
                + "anchors, the classes and the decoder's background class.");
        }

        private static ValueGetter<VBuffer<float>>? Floats(DataViewRow row, string? name) =>
            name is not null && row.Schema.GetColumnOrNull(name) is { } column
                ? row.GetGetter<VBuffer<float>>(column) : null;
    }
}
