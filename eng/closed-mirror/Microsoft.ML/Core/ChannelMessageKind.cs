namespace Microsoft.ML.Runtime;

public enum ChannelMessageKind
{
    Trace,
    Info,
    Warning,
    Error,
}
