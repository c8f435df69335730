using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using MLNet.Detection.Training;

namespace MLNet.Detection.Tool.Dashboard;

/// <summary>
/// A page that shows a run while it trains, on this machine alone: it listens on the loopback address, answers only
/// requests that name it, and stops the run only for who has the page, which holds a token of the run.
/// </summary>
internal sealed class DashboardServer : IProgress<TrainingProgress>, IDisposable
{
    private const string Host = "127.0.0.1";

    private readonly HttpListener _listener = new();
    private readonly DashboardHistory _history = new();
    private readonly string _token = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
    private readonly int _port;
    private readonly Action _stop;

    /// <summary>Begins to listen.</summary>
    /// <param name="port">Where; 0 for any port that is free.</param>
    /// <param name="stop">Stops the run.</param>
    /// <exception cref="InvalidOperationException">The port is taken.</exception>
    public DashboardServer(int port, Action stop)
    {
        (_port, _stop) = (port == 0 ? FreePort() : port, stop);
        _listener.Prefixes.Add($"{Address}/");
        try
        {
            _listener.Start();
        }
        catch (HttpListenerException error)
        {
            throw new InvalidOperationException(
                $"--dashboard cannot listen on port {_port} ({error.Message}); give another one, or none for any.", error);
        }
        _ = Task.Run(Listen);
    }

    /// <summary>What to open in a browser.</summary>
    public string Address => $"http://{Host}:{_port}";

    /// <inheritdoc/>
    public void Report(TrainingProgress value) => _history.Add(value);

    /// <inheritdoc/>
    public void Dispose()
    {
        _history.End();
        // Pages that are open hear of the end.
        SpinWait.SpinUntil(() => _history.IsAlone, TimeSpan.FromSeconds(1));
        _listener.Close();
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private async Task Listen()
    {
        while (_listener.IsListening)
            try
            {
                var context = await _listener.GetContextAsync();
                _ = Task.Run(() => Guarded(context));
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
    }

    // A browser that has gone is no error of the run.
    private async Task Guarded(HttpListenerContext context)
    {
        try
        {
            await Answer(context.Request, context.Response);
            context.Response.Close();
        }
        catch (Exception error) when (error is HttpListenerException or IOException or ObjectDisposedException
            or InvalidOperationException)
        {
            context.Response.Abort();
        }
    }

    private Task Answer(HttpListenerRequest request, HttpListenerResponse response)
    {
        response.Headers["Cache-Control"] = "no-store";
        response.Headers["X-Content-Type-Options"] = "nosniff";
        // Another name for this address is how a page of the net reaches into it.
        if (request.Headers["Host"] != $"{Host}:{_port}")
            return Refuse(response, HttpStatusCode.Forbidden);
        return (request.HttpMethod, request.Url!.AbsolutePath) switch
        {
            ("GET", "/") => Page(response),
            ("GET", "/events") => Events(response),
            ("GET", "/favicon.ico") => Refuse(response, HttpStatusCode.NoContent),
            ("GET", var path) when path.StartsWith("/pictures/", StringComparison.Ordinal)
                && int.TryParse(path["/pictures/".Length..], out var number) => Picture(response, number),
            ("POST", "/stop") => Stop(request, response),
            _ => Refuse(response, HttpStatusCode.NotFound),
        };
    }

    private Task Page(HttpListenerResponse response)
    {
        response.Headers["Content-Security-Policy"] = "default-src 'none'; script-src 'unsafe-inline'; "
            + "style-src 'unsafe-inline'; img-src 'self'; connect-src 'self'";
        return Write(response, "text/html; charset=utf-8", Encoding.UTF8.GetBytes(DashboardPage.Html(_token)));
    }

    private async Task Events(HttpListenerResponse response)
    {
        response.ContentType = "text/event-stream";
        response.SendChunked = true;
        using var client = _history.Join();
        await foreach (var message in client.Messages.ReadAllAsync())
        {
            await response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes($"data: {message}\n\n"));
            await response.OutputStream.FlushAsync();
        }
    }

    private Task Picture(HttpListenerResponse response, int number) => _history.Picture(number) is { } encoded
        ? Write(response, "image/png", encoded) : Refuse(response, HttpStatusCode.NotFound);

    private Task Stop(HttpListenerRequest request, HttpListenerResponse response)
    {
        var given = Encoding.UTF8.GetBytes(request.Headers["X-Token"] ?? "");
        if (!CryptographicOperations.FixedTimeEquals(given, Encoding.UTF8.GetBytes(_token)))
            return Refuse(response, HttpStatusCode.Forbidden);
        _stop();
        return Write(response, "application/json", Encoding.UTF8.GetBytes(new JsonObject { ["stopping"] = true }.ToJsonString()));
    }

    private static Task Refuse(HttpListenerResponse response, HttpStatusCode code)
    {
        response.StatusCode = (int)code;
        return Task.CompletedTask;
    }

    private static Task Write(HttpListenerResponse response, string type, byte[] bytes)
    {
        (response.ContentType, response.ContentLength64) = (type, bytes.Length);
        return response.OutputStream.WriteAsync(bytes, 0, bytes.Length);
    }
}
