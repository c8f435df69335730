using System.Text.Json.Nodes;
using System.Threading.Channels;
using MLNet.Detection.Images;
using MLNet.Detection.Training;

namespace MLNet.Detection.Tool.Dashboard;

/// <summary>
/// What a run has reported so far, for pages that open late, and who is to be told what comes. Of steps so many are kept
/// that a curve is full; then every second one goes.
/// </summary>
internal sealed class DashboardHistory
{
    private const int MostSteps = 4000;

    private readonly Lock _lock = new();
    private readonly List<JsonObject> _steps = [], _epochs = [];
    private readonly HashSet<Client> _clients = [];
    private IReadOnlyList<FoundPicture> _pictures = [];
    private (int Step, TimeSpan At)? _first;
    private int _every = 1, _reported;
    private bool _ended;

    /// <summary>Adds a report, and tells it.</summary>
    public void Add(TrainingProgress now)
    {
        lock (_lock)
        {
            var message = now.Finished is { } epoch ? Epoch(epoch) : Step(now);
            foreach (var client in _clients)
                client.Tell(message);
        }
    }

    /// <summary>Somebody who is told all so far, in one message, and what comes.</summary>
    public Client Join()
    {
        lock (_lock)
        {
            var client = new Client(this);
            client.Tell(new JsonObject
            {
                ["kind"] = "history", ["steps"] = Copy(_steps), ["epochs"] = Copy(_epochs), ["pictures"] = _pictures.Count,
            });
            _clients.Add(client);
            if (_ended)
                client.End();
            return client;
        }

        static JsonArray Copy(List<JsonObject> from) => [.. from.Select(item => item.DeepClone())];
    }

    /// <summary>Whether no page is open.</summary>
    public bool IsAlone
    {
        get
        {
            lock (_lock)
                return _clients.Count == 0;
        }
    }

    /// <summary>The run is over.</summary>
    public void End()
    {
        lock (_lock)
        {
            _ended = true;
            foreach (var client in _clients)
                client.End();
        }
    }

    /// <summary>A picture of the last validation with what was found in it, as PNG; null where there is none.</summary>
    public byte[]? Picture(int number)
    {
        var pictures = _pictures;
        if ((uint)number >= (uint)pictures.Count)
            return null;
        using var encoder = new ImageEncoder(ImageFormat.Png);
        return encoder.Encode(pictures[number].Drawn());
    }

    private JsonObject Step(TrainingProgress now)
    {
        _first ??= (now.Step - 1, TimeSpan.Zero);
        var (done, left) = (now.Step - _first.Value.Step, now.Steps - now.Step);
        var message = new JsonObject
        {
            ["kind"] = "step", ["step"] = now.Step, ["steps"] = now.Steps, ["epoch"] = now.Epoch, ["epochs"] = now.Epochs,
            ["rate"] = now.LearningRate, ["loss"] = Finite(now.Loss),
            ["left"] = Math.Round(now.Elapsed.TotalSeconds / Math.Max(1, done) * left, 1),
        };
        foreach (var (name, value) in now.Terms)
            message["term " + name] = Finite(value);
        if (_reported++ % _every == 0)
            _steps.Add(message);
        if (_steps.Count >= MostSteps)
        {
            _every *= 2;
            for (var i = _steps.Count - 1; i > 0; i -= 2)
                _steps.RemoveAt(i);
        }
        return message;
    }

    private JsonObject Epoch(EpochSummary epoch)
    {
        var message = new JsonObject
        {
            ["kind"] = "epoch", ["epoch"] = epoch.Epoch, ["loss"] = Finite(epoch.Loss),
            ["seconds"] = epoch.Duration.TotalSeconds, ["waited"] = epoch.Waited.TotalSeconds,
            ["pictures"] = epoch.Pictures.Count,
        };
        foreach (var (name, value) in epoch.Metrics?.Shown ?? [])
            message["metric " + name] = Finite((float)value);
        _epochs.Add(message);
        _pictures = epoch.Pictures;
        return message;
    }

    // JSON has no number for them.
    private static float? Finite(float value) => float.IsFinite(value) ? value : null;

    private void Leave(Client client)
    {
        lock (_lock)
            _clients.Remove(client);
    }

    /// <summary>A page that is open.</summary>
    public sealed class Client(DashboardHistory history) : IDisposable
    {
        private readonly Channel<string> _channel = Channel.CreateBounded<string>(
            new BoundedChannelOptions(1000) { FullMode = BoundedChannelFullMode.DropOldest });

        /// <summary>Messages to the page; they end with the run.</summary>
        public ChannelReader<string> Messages => _channel.Reader;

        /// <summary>Tells something.</summary>
        public void Tell(JsonObject message) => _channel.Writer.TryWrite(message.ToJsonString());

        /// <summary>Tells that nothing more comes.</summary>
        public void End()
        {
            _channel.Writer.TryWrite("""{"kind":"end"}""");
            _channel.Writer.TryComplete();
        }

        /// <inheritdoc/>
        public void Dispose() => history.Leave(this);
    }
}
