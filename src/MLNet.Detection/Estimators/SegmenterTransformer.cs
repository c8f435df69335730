using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using MLNet.Detection.Data;
using MLNet.Detection.Images;
using MLNet.Detection.Interop;
using MLNet.Detection.Segmentation;
using OnnxGraphs.Runtime;

namespace MLNet.Detection.Estimators;

/// <summary>
/// Tells the class of each pixel of the image file of each row. Adds four columns, by default those of
/// <see cref="PredictionColumns"/>: the map of labels, its width and height, and probabilities. Views are scored in
/// batches of
/// rows, which are read ahead; a prediction engine scores one picture at a time. A row whose image cannot be decoded
/// gets an
/// empty map and a warning in the log; <see cref="UnreadableImages"/> lists it.
/// </summary>
/// <example><code>
/// using var segmenter = ml.Detection().LoadSegmenter("tuned.onnx");
/// var scored = segmenter.Transform(ml.Detection().LoadMasks("cells"));
/// var metrics = ml.Detection().EvaluateMasks(scored);
/// </code></example>
public sealed class SegmenterTransformer : RowTransformer, IDisposable
{
    private readonly Options _options;
    private readonly PictureScorer<RgbImage, SegmentedPicture?> _scorer;

    /// <summary>Wraps a network. It is prepared when the first picture is scored.</summary>
    /// <param name="model">What is run.</param>
    /// <param name="options">Columns, batch size and device; null for the defaults.</param>
    /// <param name="log">Takes warnings of unreadable images; an <see cref="MLContext"/> is one.</param>
    /// <exception cref="ArgumentOutOfRangeException">The batch size is not positive.</exception>
    public SegmenterTransformer(SegmenterModel model, Options? options = null, IChannelProvider? log = null)
    {
        (Model, _options) = (model, options ?? new());
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_options.BatchSize, nameof(options.BatchSize));
        _scorer = SegmenterScorer.Of(model, _options.BatchSize, _options.Device ?? Device.Cpu, _options.Decoding, log);
        Inputs = [.. RowPictureReader.Inputs(_options.ImageColumnName, _options.FileNameColumnName)];
        Added = _options.Columns(model.Classes);
    }

    /// <summary>What is run.</summary>
    public SegmenterModel Model { get; }

    /// <summary>The images so far that could not be decoded, each once; the exception names file and reason.</summary>
    public IReadOnlyList<UnreadableImageException> UnreadableImages => _scorer.Unreadable;

    internal override IReadOnlyList<InputColumn> Inputs { get; }

    internal override IReadOnlyList<DataViewSchema.DetachedColumn> Added { get; }

    /// <summary>A chain of ML.NET's own transformers that says the same, row by row and on the CPU: what a model file
    /// of ML.NET holds in the place of this one. It reads only the image column of the options. ML.NET gives it no log: an image
    /// that cannot be decoded is an <see cref="UnreadableImageException"/>.</summary>
    public ITransformer ToBuiltIn() => SavedSegmenter.Chain(Model, _options);

    private protected override ITransformer ForModelFile() => ToBuiltIn();

    /// <summary>A lazy view with predictions. A cursor that is asked for one of them reads a batch of rows
    /// ahead.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    public override IDataView Transform(IDataView input) =>
        new AddedColumnsView(input, Bind(input.Schema), _options.BatchSize);

    /// <summary>Frees the network. A prediction engine does so when it is disposed, unless told otherwise.</summary>
    public void Dispose() => _scorer.Dispose();

    internal override RowValues Open(DataViewRow input) => new SegmentedColumns(
        input, new(input, _options.ImageColumnName, _options.FileNameColumnName), _scorer);

    /// <summary>Columns, batch size and device.</summary>
    public sealed record Options
    {
        /// <summary>Vector of byte: image files. Or <see cref="MLImage"/>, of <c>LoadImages</c> say.</summary>
        public string ImageColumnName { get; init; } = DetectionColumns.Image;

        /// <summary>How image files are decoded.</summary>
        public ImageDecoderOptions Decoding { get; init; } = new();

        /// <summary>Text that names an unreadable image; null, or a name that the data lacks: the row's number
        /// does.</summary>
        public string? FileNameColumnName { get; init; } = DetectionColumns.FileName;

        /// <summary>The column of maps to add.</summary>
        public string MaskColumnName { get; init; } = PredictionColumns.PredictedMask;

        /// <summary>The column of their widths.</summary>
        public string WidthColumnName { get; init; } = PredictionColumns.MaskWidth;

        /// <summary>The column of their heights.</summary>
        public string HeightColumnName { get; init; } = PredictionColumns.MaskHeight;

        /// <summary>The column of probabilities.</summary>
        public string ProbabilityColumnName { get; init; } = PredictionColumns.Probabilities;

        /// <summary>Pictures of one run over a view; at least 1.</summary>
        public int BatchSize { get; init; } = 8;

        /// <summary>Where the network runs; null: the processor, or the GPU of the context.</summary>
        public Device? Device { get; init; }

        /// <summary>Whether the image column that an ML.NET model file reads holds <see cref="MLImage"/> of no stated
        /// size,
        /// rather than image files.</summary>
        public bool ModelFileTakesImages { get; init; }

        internal IReadOnlyList<DataViewSchema.DetachedColumn> Columns(IReadOnlyList<string> classes) =>
        [
            new(MaskColumnName, new VectorDataViewType(NumberDataViewType.Byte), MaskNames.Annotations(classes)),
            new(WidthColumnName, NumberDataViewType.Int32), new(HeightColumnName, NumberDataViewType.Int32),
            new(ProbabilityColumnName, new VectorDataViewType(NumberDataViewType.Single)),
        ];
    }
}
