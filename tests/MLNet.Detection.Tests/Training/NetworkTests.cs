using System.Diagnostics.Tracing;
using MLNet.Detection.Training;

namespace MLNet.Detection.Tests.Training;

/// <summary>Training opens no connection: neither managed code, by its own events, nor native code, by the process's open
/// files.</summary>
[TestClass]
[DoNotParallelize]
public sealed class NetworkTests
{
    [TestMethod]
    public void FitOpensNoSocket()
    {
        using var listener = new Connections();
        using var run = new SmallRun();
        var before = Sockets();
        var during = new HashSet<string>();
        run.Fit(run.Options(validate: true, workspace: "run", progress: new SmallRun.Told(_ => during.UnionWith(Sockets()))));
        during.ExceptWith(before);
        Assert.IsEmpty(during, string.Join(", ", during));
        Assert.IsEmpty(listener.Seen, string.Join(", ", listener.Seen));
    }

    // The test above would see a connection.
    [TestMethod]
    public void AConnectionWouldBeSeen()
    {
        using var listener = new Connections();
        var before = Sockets();
        using var server = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        server.Start();
        using var client = new System.Net.Sockets.TcpClient();
        client.Connect((System.Net.IPEndPoint)server.LocalEndpoint);
        Assert.IsNotEmpty(listener.Seen);
        if (OperatingSystem.IsLinux())
            Assert.IsNotEmpty(Sockets().Except(before).ToList());
    }

    private static HashSet<string> Sockets() => !OperatingSystem.IsLinux() ? []
        : [.. new DirectoryInfo("/proc/self/fd").GetFiles().Select(Target).Where(target => target.StartsWith("socket:", StringComparison.Ordinal))];

    private static string Target(FileInfo file)
    {
        try
        {
            return file.LinkTarget ?? "";
        }
        catch (IOException)
        {
            return "";
        }
    }

    private sealed class Connections : EventListener
    {
        public List<string> Seen { get; } = [];

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name is "System.Net.Sockets" or "System.Net.NameResolution" or "System.Net.Http")
                EnableEvents(eventSource, EventLevel.Informational);
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            // The test host talks to its runner by messages, not by new connections or names.
            if (eventData.EventName is "ConnectStart" or "AcceptStart" or "ResolutionStart" or "RequestStart")
                lock (Seen)
                    Seen.Add($"{eventData.EventSource.Name} {eventData.EventName}");
        }
    }
}
