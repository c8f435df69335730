namespace Microsoft.ML.Runtime;

/// <summary>One message for the log.</summary>
public readonly struct ChannelMessage
{
    public readonly ChannelMessageKind Kind;
    public readonly MessageSensitivity Sensitivity;
    private readonly string format;
    private readonly object[] arguments;

    internal ChannelMessage(ChannelMessageKind kind, MessageSensitivity sensitivity, string format, object[] arguments)
    {
        Kind = kind;
        Sensitivity = sensitivity;
        this.format = format;
        this.arguments = arguments;
    }

    public string Message => arguments is null ? format : string.Format(format, arguments);
}
