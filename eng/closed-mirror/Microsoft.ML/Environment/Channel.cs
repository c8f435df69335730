using System.Diagnostics;

namespace Microsoft.ML.Runtime;

/// <summary>Passes messages on to the log, its own beginning and end included.</summary>
internal sealed class Channel : IChannel
{
    private readonly Action<string, ChannelMessage> log;
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private bool disposed;

    public Channel(string name, Action<string, ChannelMessage> log)
    {
        ContextDescription = name;
        this.log = log;
        Trace(MessageSensitivity.None, "Channel started");
    }

    public string ContextDescription { get; }

    public TException Process<TException>(TException ex) where TException : Exception => ex;

    public void Send(ChannelMessage msg) => log(ContextDescription, msg);

    public void Trace(MessageSensitivity sensitivity, string fmt) =>
        Say(ChannelMessageKind.Trace, sensitivity, fmt, null);

    public void Trace(MessageSensitivity sensitivity, string fmt, params object[] args) =>
        Say(ChannelMessageKind.Trace, sensitivity, fmt, args);

    public void Info(MessageSensitivity sensitivity, string fmt) =>
        Say(ChannelMessageKind.Info, sensitivity, fmt, null);

    public void Info(MessageSensitivity sensitivity, string fmt, params object[] args) =>
        Say(ChannelMessageKind.Info, sensitivity, fmt, args);

    public void Warning(MessageSensitivity sensitivity, string fmt) =>
        Say(ChannelMessageKind.Warning, sensitivity, fmt, null);

    public void Warning(MessageSensitivity sensitivity, string fmt, params object[] args) =>
        Say(ChannelMessageKind.Warning, sensitivity, fmt, args);

    public void Error(MessageSensitivity sensitivity, string fmt) =>
        Say(ChannelMessageKind.Error, sensitivity, fmt, null);

    public void Error(MessageSensitivity sensitivity, string fmt, params object[] args) =>
        Say(ChannelMessageKind.Error, sensitivity, fmt, args);

    public void Dispose()
    {
        if (disposed)
            return;
        disposed = true;
        Trace(MessageSensitivity.None, "Channel finished. Elapsed {0:c}.", watch.Elapsed);
        Trace(MessageSensitivity.None, "Channel disposed");
    }

    private void Say(ChannelMessageKind kind, MessageSensitivity sensitivity, string format, object[] arguments) =>
        Send(new ChannelMessage(kind, sensitivity, format, arguments));
}
