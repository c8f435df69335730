using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Estimators;
using MLNet.Detection.Evaluation;
using MLNet.Detection.Interop;
using MLNet.Detection.Quantization;
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
