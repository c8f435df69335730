using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>Where all work with ML.NET begins. Casts to <see cref="IHostEnvironment"/>.</summary>
public sealed class MLContext : IHostEnvironment
{
    private readonly Host root;

    /// <param name="seed">Makes everything random repeatable; null for unpredictable numbers.</param>
    public MLContext(int? seed = null)
    {
        var random = seed is { } own ? new Tausworthe(own) : new Tausworthe(new Random());
        root = new Host(null, random, (source, message) =>
            Log?.Invoke(this, new LoggingEventArgs(message.Message, message.Kind, source)));
        Data = new DataOperationsCatalog(root, seed);
        Transforms = new TransformsCatalog();
        Model = new ModelOperationsCatalog();
    }

    public event EventHandler<LoggingEventArgs> Log;

    public DataOperationsCatalog Data { get; }

    public TransformsCatalog Transforms { get; }

    public ModelOperationsCatalog Model { get; }

    /// <summary>Whether to go on without a device that is not there.</summary>
    public bool FallbackToCpu { get; set; }

    /// <summary>The device to use, null for the processor.</summary>
    public int? GpuDeviceId { get; set; }

    string IExceptionContext.ContextDescription => root.ContextDescription;

    TException IExceptionContext.Process<TException>(TException ex) => root.Process(ex);

    IHost IHostEnvironment.Register(string name, int? seed, bool? verbose) => root.Register(name, seed, verbose);

    IChannel IChannelProvider.Start(string name) => root.Start(name);

    IPipe<TMessage> IChannelProvider.StartPipe<TMessage>(string name) => root.StartPipe<TMessage>(name);

    IProgressChannel IProgressChannelProvider.StartProgressChannel(string name) => root.StartProgressChannel(name);
}
