using System.Globalization;
using OnnxGraphs.Training;

namespace MLNet.Detection.Training.Hooks;

/// <summary>One line a step in a CSV file: step, epoch, learning rate, loss, its terms, seconds.</summary>
internal sealed class WriteLog : ITrainingHook, IDisposable
{
    private readonly StreamWriter _writer;
    private bool _hasHeader;

    /// <summary>Opens a log; one that is there already (a resumed run) is continued after the given step.</summary>
    public WriteLog(string path, int step)
    {
        var kept = step > 0 && File.Exists(path) ? File.ReadLines(path).Where((line, i) => i == 0 || StepOf(line) <= step).ToArray() : [];
        _writer = new(path, append: false) { AutoFlush = true };
        foreach (var line in kept)
            _writer.WriteLine(line);
        _hasHeader = kept.Length > 0;
    }

    public void AfterStep(TrainingRun run, TrainingProgress progress)
    {
        if (progress.Finished is not null)
            return;
        if (!_hasHeader)
            _writer.WriteLine($"step,epoch,learning_rate,loss,{string.Join(',', progress.Terms.Keys)},seconds");
        _hasHeader = true;
        IEnumerable<FormattableString> fields = [$"{progress.Step}", $"{progress.Epoch}", $"{progress.LearningRate:g9}", $"{progress.Loss:g9}",
            .. progress.Terms.Values.Select(term => (FormattableString)$"{term:g9}"), $"{progress.Elapsed.TotalSeconds:f3}"];
        _writer.WriteLine(string.Join(',', fields.Select(FormattableString.Invariant)));
    }

    public void Dispose() => _writer.Dispose();

    private static int StepOf(string line) =>
        int.TryParse(line.AsSpan(0, Math.Max(0, line.IndexOf(','))), CultureInfo.InvariantCulture, out var step) ? step : int.MaxValue;
}
