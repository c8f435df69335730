using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Images;
using MLNet.Detection.Interop;
using MLNet.Detection.Scoring;
using OnnxGraphs.Runtime;

namespace MLNet.Detection.Estimators;

/// <summary>
/// Finds objects in the image file of each row. Adds three columns, by default those of
/// <see cref="PredictionColumns"/>: labels (keys with the class names), boxes in original pixels and scores, one entry
/// an object, by falling score. Views are scored in batches of rows, which are read ahead; a prediction engine scores
/// one picture at a time. A row whose image cannot be decoded gets empty predictions and a warning in the log;
/// <see cref="UnreadableImages"/> lists it.
/// </summary>
/// <example><code>
/// using var detector = ml.Detection().LoadDetector("tuned.onnx");
/// var scored = detector.Transform(ml.Detection().LoadFromCoco("test.json", "images"));
/// var metrics = ml.Detection().Evaluate(scored);
/// </code></example>
public sealed class DetectorTransformer : RowTransformer, IDisposable
{
    private readonly Options _options;
    private readonly PictureScorer<ResizedImage, DetectedObject[]> _scorer;

    /// <summary>Wraps a detector. The network is prepared when the first picture is scored.</summary>
    /// <param name="model">What is run.</param>
    /// <param name="options">Columns, batch size and device; null for the defaults.</param>
    /// <param name="log">Takes warnings of unreadable images; an <see cref="MLContext"/> is one.</param>
    /// <exception cref="ArgumentOutOfRangeException">The batch size is not positive.</exception>
    public DetectorTransformer(DetectorModel model, Options? options = null, IChannelProvider? log = null)
    {
        (Model, _options) = (model, options ?? new());
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_options.BatchSize, nameof(options.BatchSize));
        _scorer = DetectorScorer.Of(model, _options.BatchSize, _options.Device ?? Device.Cpu, _options.Decoding, log);
        Inputs = [.. RowPictureReader.Inputs(_options.ImageColumnName, _options.FileNameColumnName)];
        Added = _options.Columns(model.Classes);
    }

    /// <summary>What is run.</summary>
    public DetectorModel Model { get; }

    /// <summary>The images so far that could not be decoded, each once; the exception names file and reason.</summary>
    public IReadOnlyList<UnreadableImageException> UnreadableImages => _scorer.Unreadable;

    internal override IReadOnlyList<InputColumn> Inputs { get; }

    internal override IReadOnlyList<DataViewSchema.DetachedColumn> Added { get; }

    /// <summary>A chain of ML.NET's own transformers that finds the same, row by row and on the CPU: what a model file
    /// of ML.NET holds in the place of this one. It reads only the image column of the options. ML.NET gives it no log: an image
    /// that cannot be decoded is an <see cref="UnreadableImageException"/>.</summary>
    public ITransformer ToBuiltIn() => SavedDetector.Chain(Model, _options);

    private protected override ITransformer ForModelFile() => ToBuiltIn();

    /// <summary>A lazy view with predictions. A cursor that is asked for one of them reads a batch of rows
    /// ahead.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    public override IDataView Transform(IDataView input) =>
        new AddedColumnsView(input, Bind(input.Schema), _options.BatchSize);

    /// <summary>Frees the network. A prediction engine does so when it is disposed, unless told otherwise.</summary>
    public void Dispose() => _scorer.Dispose();

    internal override RowValues Open(DataViewRow input) =>
        new Detections(input, new(input, _options.ImageColumnName, _options.FileNameColumnName), _scorer);

    /// <summary>Columns, batch size and device.</summary>
    public sealed record Options
    {
        /// <summary>Vector of byte: image files (JPEG, PNG, WebP, GIF, BMP). Or <see cref="Microsoft.ML.Data.MLImage"/>, of
        /// <c>LoadImages</c> say: those are taken as they lie, as they carry no EXIF orientation.</summary>
        public string ImageColumnName { get; init; } = DetectionColumns.Image;

        /// <summary>How image files are decoded. Give <see cref="ImageDecoderOptions"/> without a
        /// <see cref="ImageDecoderOptions.ReducingGap"/> for pixels equal to those of other programs.</summary>
        public ImageDecoderOptions Decoding { get; init; } = ImageDecoderOptions.Reduced;

        /// <summary>Text that names an unreadable image; null, or a name that the data lacks: the row's number
        /// does.</summary>
        public string? FileNameColumnName { get; init; } = DetectionColumns.FileName;

        /// <summary>The column of labels to add.</summary>
        public string PredictedLabelColumnName { get; init; } = PredictionColumns.PredictedLabel;

        /// <summary>The column of boxes to add.</summary>
        public string PredictedBoundingBoxColumnName { get; init; } = PredictionColumns.PredictedBoundingBoxes;

        /// <summary>The column of scores to add.</summary>
        public string ScoreColumnName { get; init; } = PredictionColumns.Score;

        /// <summary>Pictures of one run over a view; at least 1.</summary>
        public int BatchSize { get; init; } = 8;

        /// <summary>Where the network runs; null: the GPU that <see cref="MLContext.GpuDeviceId"/> names where the
        /// catalog loads the detector, else the processor.</summary>
        public Device? Device { get; init; }

        /// <summary>
        /// Whether the image column that an ML.NET model file reads (<c>ml.Model.Save</c>,
        /// <see cref="ToBuiltIn"/>) holds <see cref="Microsoft.ML.Data.MLImage"/> of no stated size, rather than image
        /// files: such a file must say which. Fitted by a trainer, it is what the training data had. The transformer itself
        /// takes both.
        /// </summary>
        public bool ModelFileTakesImages { get; init; }

        internal IReadOnlyList<DataViewSchema.DetachedColumn> Columns(IReadOnlyList<string> classes) =>
            DetectedColumns.Columns(
                PredictedLabelColumnName, PredictedBoundingBoxColumnName, ScoreColumnName, classes);
    }
}
