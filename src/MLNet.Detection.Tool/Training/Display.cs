using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Evaluation;
using MLNet.Detection.Evaluation.Masks;
using MLNet.Detection.Networks;
using MLNet.Detection.Segmentation;
using MLNet.Detection.Tool.Evaluation;
using MLNet.Detection.Tool.Terminal;
using MLNet.Detection.Reports;
using MLNet.Detection.Training;
using Spectre.Console;

namespace MLNet.Detection.Tool.Training;

/// <summary>What the run shows on the console.</summary>
internal sealed class Display : IProgress<TrainingProgress>, IDisposable
{
    private readonly HashSet<string> _said = [];
    private ProgressTask? _task;

    /// <summary>Shows warnings and errors; a picture that training and evaluation both skip is said once.</summary>
    public void Log(LoggingEventArgs entry)
    {
        if (entry.Kind is ChannelMessageKind.Warning or ChannelMessageKind.Error)
            Tell(entry.RawMessage);
    }

    /// <summary>Shows a warning, once.</summary>
    public void Tell(string warning)
    {
        lock (_said)
            if (_said.Add(warning))
                Warn(warning);
    }

    public static void Warn(string message) => AnsiConsole.MarkupLineInterpolated($"[yellow]{message}[/]");

    public static void FoundRate(LearningRateRange range, string path) => AnsiConsole.MarkupLineInterpolated(range.Suggested is { } rate
        ? (FormattableString)$"The loss falls fastest at [green]--lr {F($"{rate:g2}")}[/] ({range.Steps.Count} steps in {path})"
        : $"The loss falls nowhere in {range.Steps.Count} steps ({path}): take more --epochs, or look at data and head.");

    public static void Found(BatchFit fit) => AnsiConsole.MarkupLineInterpolated($"Chosen by memory: [green]{fit}[/]");

    public static void Open(string address) => AnsiConsole.MarkupLineInterpolated($"Dashboard: [green]{address}[/]");

    public static void Start(DetectorModel detector, DetectionDataView train, DetectionDataView? test, RunFolder folder) =>
        Start(detector, $"{detector.Anchors.Count} anchors", ("Head", detector.Head.ToWords()), Boxes(train),
            test is null ? "-" : Boxes(test), folder);

    public static void Start(SegmenterModel model, DetectionDataView train, DetectionDataView? test, RunFolder folder) =>
        Start(model, model.Tiling is null ? "pictures resized" : "windows of pictures", ("Map", $"{model.Channels} channels, "
            + $"{model.Activation}{(model.BackgroundChannel is null ? "" : ", background first")}"), Masks(train),
            test is null ? "-" : Masks(test), folder);

    private static void Start(PictureNetwork model, string places, (string Name, string Words) head, string train,
        string test, RunFolder folder)
    {
        var table = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumns("", "");
        table.AddRow("Model", Markup.Escape(Path.GetFileName(model.Model.Path)));
        table.AddRow("Input", $"{model.Resize.Width} x {model.Resize.Height}, {places}");
        table.AddRow(head.Name, Markup.Escape(head.Words));
        table.AddRow("Pixels", Markup.Escape((model.InputNormalization ?? model.Normalization).ToWords()));
        table.AddRow("Classes", Markup.Escape(string.Join(", ", model.Classes)));
        table.AddRow("Train", train);
        table.AddRow("Test", test);
        table.AddRow("Output", Markup.Escape(folder.Path));
        AnsiConsole.Write(table);
    }

    /// <summary>Runs the training under a progress bar.</summary>
    public T During<T>(Func<T> training) => AnsiConsole.Progress()
        .Columns(
            new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
        .Start(context =>
        {
            _task = context.AddTask("Preparing images", maxValue: double.MaxValue);
            return training();
        });

    public void Report(TrainingProgress now)
    {
        if (now.Finished is { } epoch)
        {
            var validation = epoch.Metrics is { } found ? $"   val {found.ToWords()}" : "";
            var terms = string.Join("  ", epoch.Terms.Select(term => F($"{term.Key} {term.Value:f4}")));
            var (loss, seconds) = (F($"{epoch.Loss:f4}"), F($"{epoch.Duration.TotalSeconds:f1}"));
            AnsiConsole.MarkupLineInterpolated(
                $"Epoch {epoch.Epoch,3}  loss {loss}  [grey]{terms}  {seconds} s{Waited(epoch)}[/]{validation}");
            return;
        }
        if (_task is null)
            return;
        (_task.MaxValue, _task.Value) = (now.Steps, now.Step);
        _task.Description = F($"Epoch {now.Epoch} of {now.Epochs}, loss {now.Loss:f3}");
    }

    public static void End(CocoMetrics metrics, FineTuneResult result, RunFolder folder, TimeSpan elapsed, double peak)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("Class", "Objects", "AP50-95", "AP50", "F1");
        foreach (var c in metrics.PerCategory)
            table.AddRow(Markup.Escape($"{c.CategoryId} {result.Detector.Classes[(int)c.CategoryId]}"),
                $"{c.GroundTruths}", Number(c.AP), Number(c.AP50), c.GroundTruths > 0 ? Number(c.F1) : "-");
        table.AddRow("[bold]all[/]", "", $"[bold]{Number(metrics.MAP50_95)}[/]", $"[bold]{Number(metrics.MAP50)}[/]",
            "");
        AnsiConsole.Write(table);
        End(F($"mAP50 {metrics.MAP50:f4}, mAP50-95 {metrics.MAP50_95:f4}"), result, folder, elapsed, peak);
    }

    public static void End(SegmentationMetrics metrics, TrainingResult result, RunFolder folder, TimeSpan elapsed, double peak)
    {
        MaskEvaluation.ShowClasses(metrics);
        if (metrics.OnlyClass is { } only)
            Warn($"Every held-out pixel is taken for '{only}': the network has trained too little, or has fallen to one class. Losses "
                + "over whole regions (dice, jaccard, tversky) have no slope there: add one over pixels (--loss tversky+ce), or lower --lr.");
        var objects = metrics.Instances is { } found
            ? F($", objects: AP {found.AveragePrecision:f4}, aggregated Jaccard {found.AggregatedJaccard:f4}, ")
                + F($"{found.PairsToldApart} of {found.TouchingPairs} touching pairs told apart") : "";
        End(F($"mean IoU {metrics.MeanIoU:f4}, mean Dice {metrics.MeanDice:f4}{objects}"), result, folder, elapsed, peak);
    }

    private static void End(string numbers, TrainingResult result, RunFolder folder, TimeSpan elapsed, double peak)
    {
        if (result.SkippedImages.Count > 0)
            Warn(F($"{result.SkippedImages.Count} pictures could not be read and were skipped; they are named above."));
        AnsiConsole.WriteLine(F($"{numbers} in {elapsed.TotalSeconds:f0} s, peak memory {peak:f0} MB"));
        AnsiConsole.MarkupLineInterpolated(
            $"Wrote [green]{folder.Model}[/], {folder.Metrics}, {folder.Log}, {folder.Report}");
    }

    /// <summary>What a file of whole numbers finds, beside the floats that it was trained in.</summary>
    public static void Rounded(CocoMetrics whole, CocoMetrics floats) => AnsiConsole.WriteLine(
        F($"In floats, before it was written in whole numbers again: mAP50 {floats.MAP50:f4}, ")
        + F($"mAP50-95 {floats.MAP50_95:f4}; the file itself: {whole.MAP50:f4}, {whole.MAP50_95:f4}"));

    public void Dispose() => _task?.StopTask();

    // Said where it matters: the steps wait for their data a twentieth of the time or more.
    private static string Waited(EpochSummary epoch) => epoch.Waited < epoch.Duration / 20 ? ""
        : F($", {epoch.Waited / epoch.Duration:p0} of it waiting for data");

    private static string Boxes(DetectionDataView data) =>
        $"{data.Dataset.Images.Length} images, {data.Dataset.BoxCount} boxes";

    private static string Masks(DetectionDataView data) =>
        $"{data.Dataset.Images.Count(image => image.Mask is not null)} images with masks";

    // Classes without objects have none.
    private static string Number(double value) => value < 0 ? "-" : F($"{value:f3}");

    private static string F(FormattableString text) => FormattableString.Invariant(text);
}
