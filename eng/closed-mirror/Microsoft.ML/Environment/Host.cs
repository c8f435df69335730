using Microsoft.ML.Internal;

namespace Microsoft.ML.Runtime;

/// <summary>A component's surroundings; the root of the tree is the context's own.</summary>
internal sealed class Host : IHost
{
    private readonly Action<string, ChannelMessage> log;
    private readonly string name;
    private readonly Tausworthe random;

    /// <param name="name">Path of names from the root, null for the root itself.</param>
    /// <param name="random">Random numbers of the component.</param>
    /// <param name="log">Where messages go, with the path of their source.</param>
    public Host(string name, Tausworthe random, Action<string, ChannelMessage> log)
    {
        this.name = name;
        this.log = log;
        this.random = random;
    }

    public Random Rand => random;

    public string ContextDescription => name;

    public TException Process<TException>(TException ex) where TException : Exception => ex;

    public IHost Register(string name, int? seed = null, bool? verbose = null)
    {
        Check.NotEmpty(name, nameof(name));
        lock (random)
            return new Host(Under(name), seed is { } own ? new Tausworthe(own) : new Tausworthe(random), log);
    }

    public IChannel Start(string name)
    {
        Check.NotEmpty(name, nameof(name));
        return new Channel(Under(name), log);
    }

    public IPipe<TMessage> StartPipe<TMessage>(string name) => Start(name) as IPipe<TMessage> ??
        throw new NotSupportedException(
            $"Only pipes of {nameof(ChannelMessage)} are supported here, not {typeof(TMessage)}");

    public IProgressChannel StartProgressChannel(string name)
    {
        Check.NotEmpty(name, nameof(name));
        return new ProgressChannel();
    }

    private string Under(string child) => name is null ? child : $"{name}; {child}";
}
