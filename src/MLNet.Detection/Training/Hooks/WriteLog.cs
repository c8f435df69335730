using MLNet.Detection.Data;
using OnnxGraphs.Training;

namespace MLNet.Detection.Training.Hooks;

/// <summary>One line a reported step in a CSV file: step, epoch, learning rate, loss, its terms, seconds.</summary>
internal sealed class WriteLog : ITrainingHook, IDisposable
{
    private readonly string _path;
    private readonly StreamWriter _writer;
    private bool _hasHeader;

    /// <summary>Opens a log; one that is there already (a resumed run) is continued after the given step.</summary>
    public WriteLog(string path, int step)
    {
        _path = path;
        _writer = Open(path, step);
    }

    public void AfterStep(ITrainingRun run, TrainingProgress progress)
    {
        if (progress.Finished is not null)
            return;
        if (!_hasHeader)
            Write($"step,epoch,learning_rate,loss,{string.Join(',', progress.Terms.Keys)},seconds");
        _hasHeader = true;
        IEnumerable<FormattableString> fields =
        [
            $"{progress.Step}", $"{progress.Epoch}", $"{progress.LearningRate:g9}", $"{progress.Loss:g9}",
            .. progress.Terms.Values.Select(term => (FormattableString)$"{term:g9}"),
            $"{progress.Elapsed.TotalSeconds:f3}",
        ];
        Write(string.Join(',', fields.Select(FormattableString.Invariant)));
    }

    public void Dispose()
    {
        try
        {
            _writer.Dispose();
        }
        catch (IOException)
        {
            // Every line was flushed when it was written: a failure here was reported there.
        }
    }

    // The kept lines are written beside the file and moved, so that a full disk harms no older log.
    private StreamWriter Open(string path, int step)
    {
        var kept = KeptLines.Of(path, step);
        _hasHeader = kept.Length > 0;
        if (_hasHeader)
            WholeFile.Write(path, "the log", temporary => File.WriteAllLines(temporary, kept));
        return OrExplain(() => new StreamWriter(path, append: _hasHeader) { AutoFlush = true });
    }

    private void Write(string line) => OrExplain(() =>
    {
        _writer.WriteLine(line);
        return line;
    });

    private T OrExplain<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw WholeFile.Unwritten(_path, "the log", error);
        }
    }
}
