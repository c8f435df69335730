using System.Globalization;
using MLNet.Detection.Evaluation;
using MLNet.Detection.Images;
using MLNet.Detection.Training;

namespace MLNet.Detection.Tracking;

/// <summary>
/// Writes a run for TensorBoard (<c>tensorboard --logdir FOLDER</c>): loss, terms and learning rate of every reported
/// step; metrics, duration and waiting of every epoch; curves of precision and recall of each class, and pictures with
/// what was found in them where <see cref="TrainingOptions.ShownPictures"/> asks for some. A resumed run goes on in another
/// file of the folder, as TensorBoard expects.
/// </summary>
/// <example><code>
/// using var events = new TensorBoardLog("runs/1");
/// var options = new FineTuneTrainer.Options { Detector = detector, Progress = events };
/// </code></example>
public sealed class TensorBoardLog : IProgress<TrainingProgress>, IDisposable
{
    private const int Thresholds = 101;

    private readonly RecordWriter _records;
    private readonly TimeProvider _clock;

    /// <summary>Begins a file of events in a folder, which is made where missing.</summary>
    /// <exception cref="IOException">The folder or the file cannot be made.</exception>
    public TensorBoardLog(string folder, TimeProvider? clock = null)
    {
        _clock = clock ?? TimeProvider.System;
        Directory.CreateDirectory(folder);
        var seconds = _clock.GetUtcNow().ToUnixTimeSeconds().ToString("d10", CultureInfo.InvariantCulture);
        Path = System.IO.Path.Combine(
            folder, $"events.out.tfevents.{seconds}.{Environment.MachineName}.{Environment.ProcessId}.{Guid.NewGuid():n}");
        _records = new(Path);
        _records.Write(EventMessage.Version(Now));
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        if (value.Finished is not { } epoch)
        {
            Write(value.Step, [Scalar("step/loss", value.Loss), Scalar("step/learning_rate", value.LearningRate),
                .. value.Terms.Select(term => Scalar($"step/{term.Key}", term.Value))]);
            return;
        }
        Write(epoch.Epoch, [Scalar("epoch/loss", epoch.Loss), Scalar("epoch/seconds", epoch.Duration.TotalSeconds),
            Scalar("epoch/waited_seconds", epoch.Waited.TotalSeconds),
            .. (epoch.Metrics?.Shown ?? []).Select(metric => Scalar($"validation/{metric.Name}", metric.Value))]);
        if (epoch.Validation is { } metrics)
            WriteCurves(metrics, epoch.Epoch);
        foreach (var (i, picture) in epoch.Pictures.Index())
            WritePicture($"validation/picture {i}", picture.Drawn(), epoch.Epoch);
    }

    /// <summary>Writes a number of a step.</summary>
    public void WriteScalar(string tag, double value, int step) => Write(step, [Scalar(tag, value)]);

    /// <summary>Writes a picture of a step.</summary>
    public void WritePicture(string tag, RgbImage picture, int step)
    {
        using var encoder = new ImageEncoder(ImageFormat.Png);
        Write(step, [EventMessage.Image(tag, picture.Width, picture.Height, encoder.Encode(picture))]);
    }

    /// <summary>Writes the curve of precision and recall of each class that has objects, at IoU 0.5.</summary>
    public void WriteCurves(CocoMetrics metrics, int step) => Write(step, [.. metrics.PerCategory
        .Where(category => category.GroundTruths > 0)
        .Select(category => EventMessage.PrecisionRecall($"validation/class {category.CategoryId}", Curve(category)))]);

    /// <inheritdoc/>
    public void Dispose() => _records.Dispose();

    // TensorBoard wants counts at thresholds of equal distance, the lowest first; nobody counts right rejections.
    private static float[,] Curve(CategoryMetrics category)
    {
        var (rows, objects) = (new float[6, Thresholds], category.GroundTruths);
        for (var i = 0; i < Thresholds; i++)
        {
            var kept = category.PrecisionRecall.Where(point => point.Score >= i / (Thresholds - 1.0)).ToList();
            var point = kept.Count == 0 ? new(1, 1, 0) : kept[^1];
            var right = point.Recall * objects;
            rows[0, i] = (float)right;
            rows[1, i] = (float)(point.Precision > 0 ? right * (1 - point.Precision) / point.Precision : 0);
            rows[3, i] = (float)(objects - right);
            (rows[4, i], rows[5, i]) = ((float)point.Precision, (float)point.Recall);
        }
        return rows;
    }

    private static byte[] Scalar(string tag, double value) => EventMessage.Scalar(tag, value);

    private void Write(int step, IReadOnlyList<byte[]> values)
    {
        if (values.Count > 0)
            _records.Write(EventMessage.Event(Now, step, values));
    }

    private double Now => _clock.GetUtcNow().ToUnixTimeMilliseconds() / 1e3;
}
