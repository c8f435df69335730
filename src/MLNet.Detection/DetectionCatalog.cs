using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Estimators;
using MLNet.Detection.Evaluation;
using MLNet.Detection.Evaluation.Masks;
using MLNet.Detection.Images;
using MLNet.Detection.Interop;
using MLNet.Detection.Matching;
using MLNet.Detection.Quantization;
using MLNet.Detection.Segmentation;
using MLNet.Detection.Training;
using OnnxGraphs.Quantization;

namespace MLNet.Detection;

/// <summary>
/// Object detection on an <see cref="MLContext"/>: data sets, the steps from pictures and boxes to training targets,
/// detectors and their evaluation. Get it with <c>ml.Detection()</c>.
/// </summary>
/// <example><code>
/// var ml = new MLContext(seed: 1);
/// var test = ml.Detection().LoadFromCoco("test.json", "images");
/// using var detector = ml.Detection().LoadDetector("tuned.onnx");
/// var metrics = ml.Detection().Evaluate(detector.Transform(test));
/// log.WriteLine($"mAP {metrics.MAP50_95:F3}, mAP50 {metrics.MAP50:F3}");
/// </code></example>
public sealed partial class DetectionCatalog
{
    internal DetectionCatalog(MLContext context) => Context = context;

    /// <summary>The context that the catalog hangs on.</summary>
    internal MLContext Context { get; }

    /// <summary>Loads a data set in COCO's format; the images stay on disk until they are asked for.</summary>
    /// <param name="json">The annotation file.</param>
    /// <param name="imageFolder">The folder below which its file names are found.</param>
    /// <returns>One row an image, with the columns of <see cref="DetectionColumns"/>.</returns>
    /// <exception cref="DatasetException">Something is wrong with the annotations; the message names file and
    /// place.</exception>
    public DetectionDataView LoadFromCoco(string json, string imageFolder) => LoadFromCoco(json, imageFolder, new());

    /// <summary>Loads a data set in COCO's format, with options.</summary>
    /// <inheritdoc cref="LoadFromCoco(string, string)"/>
    public DetectionDataView LoadFromCoco(string json, string imageFolder, CocoOptions options) =>
        View(CocoDataset.Load(json, imageFolder, options));

    /// <summary>Loads a data set in Pascal VOC's layout; the images stay on disk until they are asked for.</summary>
    /// <param name="folder">The folder that holds <c>Annotations</c> and <c>JPEGImages</c>.</param>
    /// <param name="split">Name of a list in <c>ImageSets/Main</c>; null: all images.</param>
    /// <returns>One row an image, with the columns of <see cref="DetectionColumns"/>.</returns>
    /// <exception cref="DatasetException">Something is wrong with the annotations; the message names file and
    /// place.</exception>
    public DetectionDataView LoadFromVoc(string folder, string? split = null) => LoadFromVoc(folder, split, new());

    /// <summary>Loads a data set in Pascal VOC's layout, with options.</summary>
    /// <inheritdoc cref="LoadFromVoc(string, string)"/>
    public DetectionDataView LoadFromVoc(string folder, string? split, VocOptions options) =>
        View(VocDataset.Load(folder, split, options));

    /// <summary>Loads pictures with masks; the files stay on disk until they are asked for.</summary>
    /// <param name="path">The file or folder; see <see cref="MaskFormat"/>.</param>
    /// <param name="options">How to read; null for the defaults.</param>
    /// <param name="format">The form; null: found out from the files.</param>
    /// <returns>One row an image, with the columns of <see cref="DetectionColumns"/>, <c>Mask</c> among them.</returns>
    /// <exception cref="DatasetException">No form recognises it, or something is wrong with the masks; the message names file
    /// and remedy.</exception>
    public DetectionDataView LoadMasks(string path, MaskOptions? options = null, MaskFormat? format = null) =>
        View((format ?? MaskFormat.Detect(path)).Load(path, options));

    /// <summary>Loads a detector that <see cref="DetectorModel.Save"/> wrote.</summary>
    /// <param name="path">The ONNX file.</param>
    /// <exception cref="OnnxGraphs.Models.ModelException">The file is damaged, or was not saved by this
    /// library.</exception>
    public DetectorTransformer LoadDetector(string path) => LoadDetector(path, new());

    /// <summary>Loads a detector, with options.</summary>
    /// <inheritdoc cref="LoadDetector(string)"/>
    public DetectorTransformer LoadDetector(string path, DetectorTransformer.Options options)
    {
        var model = DetectorModel.Load(path);
        model.Warn(Context, nameof(LoadDetector));
        return new(model, options with { Device = ContextDevice.Of(Context, options.Device) }, Context);
    }

    /// <summary>Tunes a detector on labelled images at its <see cref="DetectorModel.CustomaryLearningRate"/>; see
    /// <see cref="FineTuneTrainer"/>.</summary>
    /// <param name="detector">The detector to start from.</param>
    /// <param name="epochs">Times that every image is seen.</param>
    public FineTuneTrainer FineTune(DetectorModel detector, int epochs = 20) =>
        FineTune(new() { Detector = detector, Epochs = epochs, LearningRate = detector.CustomaryLearningRate });

    /// <summary>Tunes a detector on labelled images, with options.</summary>
    public FineTuneTrainer FineTune(FineTuneTrainer.Options options) => new(Context, options);

    /// <summary>
    /// A detector of 8-bit whole numbers from one in floats, with the ranges that pictures cause; it is saved, scored and
    /// evaluated as any other. <see cref="QuantizationSearch{TModel}"/> finds what must stay in floats.
    /// </summary>
    /// <param name="detector">A detector in floats.</param>
    /// <param name="calibration">Pictures such as it will see; labels are not read.</param>
    /// <param name="options">How; null: least and largest numbers of each value, a scale for each channel of weights.</param>
    /// <param name="pictures">How many of the pictures are shown.</param>
    /// <exception cref="OnnxGraphs.Models.ModelException">It has no layers to quantise, or computes on whole numbers
    /// already.</exception>
    /// <exception cref="InvalidOperationException">There are no pictures, or a value was not finite.</exception>
    public DetectorModel Quantize(DetectorModel detector, IDataView calibration, QuantizationOptions? options = null,
        int pictures = 200)
    {
        using var quantizer = new DetectorQuantizer(detector, options, ContextDevice.Of(Context, null));
        quantizer.Observe(calibration, pictures);
        return quantizer.Quantize();
    }

    /// <summary>A segmentation network of 8-bit whole numbers from one in floats; otherwise as
    /// <see cref="Quantize(DetectorModel, IDataView, QuantizationOptions?, int)"/>.</summary>
    /// <param name="segmenter">A network in floats.</param>
    /// <param name="calibration">Pictures such as it will see; masks are not read.</param>
    /// <param name="options">How; null: least and largest numbers of each value, a scale for each channel of weights.</param>
    /// <param name="pictures">How many of the pictures are shown.</param>
    /// <exception cref="OnnxGraphs.Models.ModelException">It has no layers to quantise, or computes on whole numbers
    /// already.</exception>
    /// <exception cref="InvalidOperationException">There are no pictures, or a value was not finite.</exception>
    public SegmenterModel QuantizeSegmenter(SegmenterModel segmenter, IDataView calibration, QuantizationOptions? options = null,
        int pictures = 200)
    {
        using var quantizer = new SegmenterQuantizer(segmenter, options, ContextDevice.Of(Context, null));
        quantizer.Observe(calibration, pictures);
        return quantizer.Quantize();
    }

    /// <summary>Loads a segmentation network that <see cref="SegmenterModel.Save"/> wrote.</summary>
    /// <param name="path">The ONNX file.</param>
    /// <param name="options">Columns, batch size and device; null for the defaults.</param>
    /// <exception cref="OnnxGraphs.Models.ModelException">The file is damaged, or was not saved by this
    /// library.</exception>
    public SegmenterTransformer LoadSegmenter(string path, SegmenterTransformer.Options? options = null)
    {
        options ??= new();
        var model = SegmenterModel.Load(path);
        model.Warn(Context, nameof(LoadSegmenter));
        return new(model, options with { Device = ContextDevice.Of(Context, options.Device) }, Context);
    }

    /// <summary>Compares predicted maps of labels with the true ones, picture by picture.</summary>
    /// <param name="data">A view with both, such as a <see cref="SegmenterTransformer"/> gives.</param>
    /// <param name="columns">Columns of the truth; null for the defaults.</param>
    /// <param name="predictedMaskColumnName">Vector of byte: the predicted class of each pixel.</param>
    /// <param name="leastPixels">The fewest pixels of a predicted object; smaller ones are taken for noise.</param>
    /// <exception cref="ArgumentException">A column is missing, or maps have different sizes.</exception>
    public SegmentationMetrics EvaluateMasks(IDataView data, MaskColumns? columns = null,
        string predictedMaskColumnName = PredictionColumns.PredictedMask, int leastPixels = 1) =>
        MaskComparison.Evaluate(data, columns ?? new(), predictedMaskColumnName, leastPixels);

    /// <summary>Tunes a segmentation network on pictures with masks; see <see cref="SegmentationTrainer"/>.</summary>
    /// <param name="segmenter">The network to start from.</param>
    /// <param name="epochs">Times that every image is seen.</param>
    public SegmentationTrainer FineTuneSegmenter(SegmenterModel segmenter, int epochs = 20) =>
        FineTuneSegmenter(new() { Segmenter = segmenter, Epochs = epochs });

    /// <summary>Tunes a segmentation network on pictures with masks, with options.</summary>
    public SegmentationTrainer FineTuneSegmenter(SegmentationTrainer.Options options) => new(Context, options);

    /// <summary>Decodes, resizes and normalises pictures; see <see cref="PreprocessImageEstimator"/>.</summary>
    /// <param name="resize">How pictures come to the network's size.</param>
    /// <param name="normalization">What the network expects of its pixels; null:
    /// <see cref="Normalization.Centered"/>.</param>
    public PreprocessImageEstimator PreprocessImage(ImageResize resize, Normalization? normalization = null) =>
        PreprocessImage(new() { Resize = resize, Normalization = normalization ?? Normalization.Centered });

    /// <summary>Decodes, resizes and normalises pictures, with options.</summary>
    public PreprocessImageEstimator PreprocessImage(PreprocessImageEstimator.Options options) => new(options);

    /// <summary>Matches anchors with the boxes of each row; see <see cref="MatchAnchorsEstimator"/>.</summary>
    /// <param name="anchors">In pixels of the network's input.</param>
    /// <param name="resize">How pictures come to the network's size; null: each row says so itself, after
    /// <see cref="PreprocessImage(ImageResize, Normalization)"/>.</param>
    /// <param name="matcher">The rule; null: <see cref="ThresholdMatcher"/>.</param>
    public MatchAnchorsEstimator MatchAnchors(
        IReadOnlyList<Box> anchors, ImageResize? resize = null, Matcher? matcher = null) =>
        MatchAnchors(new() { Anchors = anchors, Resize = resize, Matcher = matcher ?? new ThresholdMatcher() });

    /// <summary>Matches anchors with the boxes of each row, with options.</summary>
    public MatchAnchorsEstimator MatchAnchors(MatchAnchorsEstimator.Options options) => new(options);

    /// <summary>Writes down what each anchor must learn; see <see cref="EncodeLabelsEstimator"/>.</summary>
    /// <param name="anchors">In pixels of the network's input.</param>
    /// <param name="resize">As in <see cref="MatchAnchors(IReadOnlyList{Box}, ImageResize, Matcher)"/>.</param>
    /// <param name="coder">How boxes are written; null: <see cref="BoxCoder.Ssd"/>.</param>
    public EncodeLabelsEstimator EncodeLabels(
        IReadOnlyList<Box> anchors, ImageResize? resize = null, BoxCoder? coder = null) =>
        EncodeLabels(new() { Anchors = anchors, Resize = resize, Coder = coder ?? BoxCoder.Ssd });

    /// <summary>Writes down what each anchor must learn, with options.</summary>
    public EncodeLabelsEstimator EncodeLabels(EncodeLabelsEstimator.Options options) => new(options);

    /// <summary>Compares predictions with the true boxes by COCO's rules; see <see cref="ScoredView"/>.</summary>
    /// <param name="data">A view with true and predicted boxes, such as a <see cref="DetectorTransformer"/>
    /// gives.</param>
    /// <param name="labelColumnName">Vector of keys: the true classes.</param>
    /// <param name="boundingBoxColumnName">Vector of float: the true boxes.</param>
    /// <param name="predictedLabelColumnName">Vector of keys: the predicted classes.</param>
    /// <param name="predictedBoundingBoxColumnName">Vector of float: the predicted boxes.</param>
    /// <param name="scoreColumnName">Vector of float: how sure.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    public CocoMetrics Evaluate(
        IDataView data,
        string labelColumnName = DetectionColumns.Label,
        string boundingBoxColumnName = DetectionColumns.BoundingBoxes,
        string predictedLabelColumnName = PredictionColumns.PredictedLabel,
        string predictedBoundingBoxColumnName = PredictionColumns.PredictedBoundingBoxes,
        string scoreColumnName = PredictionColumns.Score) => Evaluate(data, new ScoredView.Options
        {
            LabelColumnName = labelColumnName,
            BoundingBoxColumnName = boundingBoxColumnName,
            PredictedLabelColumnName = predictedLabelColumnName,
            PredictedBoundingBoxColumnName = predictedBoundingBoxColumnName,
            ScoreColumnName = scoreColumnName,
        });

    /// <summary>Compares predictions with the true boxes by COCO's rules, with options.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    public CocoMetrics Evaluate(IDataView data, ScoredView.Options options)
    {
        var view = new ScoredView(data, options);
        Tell(nameof(Evaluate), view.Problems);
        return view.Evaluate();
    }

    /// <summary>
    /// A data set with the classes of a detector, or of the training data, found by their names; see
    /// <see cref="DetectionDataset.WithClasses"/>. Classes that are in only one of the two are named in the log.
    /// </summary>
    /// <param name="data">The data set.</param>
    /// <param name="classes">The names wanted, in their order.</param>
    /// <exception cref="ArgumentException">A name is given twice, or none is in the data set.</exception>
    public DetectionDataView WithClasses(DetectionDataView data, IReadOnlyList<string> classes)
    {
        var dataset = data.Dataset.WithClasses(classes);
        Tell(dataset.Source, [.. dataset.Problems.Skip(data.Dataset.Problems.Length)]);
        return new(dataset);
    }

    /// <summary>A view of a data set; its problems go to the log.</summary>
    internal DetectionDataView View(DetectionDataset dataset)
    {
        Tell(dataset.Source, dataset.Problems);
        return new(dataset);
    }

    private void Tell(string source, IReadOnlyList<DatasetProblem> problems)
    {
        const int Listed = 20;
        if (problems.Count == 0)
            return;
        using var channel = ((IChannelProvider)Context).Start(nameof(DetectionCatalog));
        foreach (var problem in problems.Take(Listed))
            channel.Warning(MessageSensitivity.UserData, problem.ToString());
        if (problems.Count > Listed)
            channel.Warning(MessageSensitivity.None,
                $"{source}: {problems.Count - Listed} more such problems, all in {nameof(DetectionDataset.Problems)}.");
    }
}
