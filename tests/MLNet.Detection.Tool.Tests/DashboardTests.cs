using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MLNet.Detection.Tool.Dashboard;
using MLNet.Detection.Training;

namespace MLNet.Detection.Tool.Tests;

/// <summary>The page of a run, as a browser asks for it.</summary>
[TestClass]
public sealed partial class DashboardTests
{
    [TestMethod]
    public async Task ThePageTellsTheRun()
    {
        using var server = new DashboardServer(0, () => { });
        using var client = new HttpClient { BaseAddress = new(server.Address) };
        server.Report(At(1));
        var page = await client.GetStringAsync("/");
        StringAssert.Contains(page, "new EventSource('/events')");
        using var events = new StreamReader(await client.GetStreamAsync("/events"));
        var history = await Next(events);
        Assert.AreEqual("history", (string)history["kind"]!);
        Assert.AreEqual(1, (int)history["steps"]![0]!["step"]!);
        server.Report(At(2));
        var step = await Next(events);
        Assert.AreEqual((2, 3.5f, 0.5f), ((int)step["step"]!, (float)step["loss"]!, (float)step["term box"]!));
        Assert.AreEqual(8, (double)step["left"]!, 0.01);
        server.Report(At(2) with { Finished = Epoch });
        var epoch = await Next(events);
        Assert.AreEqual(("epoch", 1), ((string)epoch["kind"]!, (int)epoch["pictures"]!));
        var picture = await client.GetByteArrayAsync("/pictures/0");
        CollectionAssert.AreEqual(new byte[] { 0x89, (byte)'P', (byte)'N', (byte)'G' }, picture[..4]);
        Assert.AreEqual(HttpStatusCode.NotFound, (await client.GetAsync("/pictures/1")).StatusCode);
        Assert.AreEqual(HttpStatusCode.NotFound, (await client.GetAsync("/../secret")).StatusCode);
        var end = Next(events);
        server.Dispose();
        Assert.AreEqual("end", (string)(await end)["kind"]!);
    }

    [TestMethod]
    public async Task OnlyThePageStopsTheRun()
    {
        var stopped = 0;
        using var server = new DashboardServer(0, () => stopped++);
        using var client = new HttpClient { BaseAddress = new(server.Address) };
        Assert.AreEqual(HttpStatusCode.Forbidden, (await client.PostAsync("/stop", null)).StatusCode);
        Assert.AreEqual(HttpStatusCode.NotFound, (await client.GetAsync("/stop")).StatusCode);
        using var foreign = new HttpRequestMessage(HttpMethod.Get, "/");
        foreign.Headers.Host = "evil.example";
        Assert.AreNotEqual(HttpStatusCode.OK, (await client.SendAsync(foreign)).StatusCode);
        Assert.AreEqual(0, stopped);
        Assert.AreEqual(HttpStatusCode.OK, (await Stop(client)).StatusCode);
        Assert.AreEqual(1, stopped);
    }

    [TestMethod]
    public void ItListensOnLoopbackAlone()
    {
        using var server = new DashboardServer(0, () => { });
        StringAssert.StartsWith(server.Address, "http://127.0.0.1:");
        var port = int.Parse(server.Address.Split(':')[2]);
        var listening = System.Net.NetworkInformation.IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners()
            .Where(place => place.Port == port).ToList();
        Assert.IsTrue(listening.Count > 0 && listening.All(place => IPAddress.IsLoopback(place.Address)),
            string.Join(", ", listening));
        Assert.ThrowsExactly<InvalidOperationException>(() => new DashboardServer(port, () => { }));
    }

    // A whole run: its page is opened, and its button leaves a checkpoint that a resumed run goes on from.
    [TestMethod]
    public async Task TheButtonLeavesACheckpoint()
    {
        using var folder = new ToolFolder();
        int port;
        using (var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            port = ((IPEndPoint)probe.LocalEndpoint).Port;
        }
        string[] line = ["train", "--train", folder.Shapes.Train, "--val", folder.Shapes.Test, "--images", folder.Shapes.Images,
            "--epochs", "400"];
        var run = Task.Run(() => ToolFolder.Run([.. line, "--output", folder.At("run"), "--tensorboard", "--dashboard", $"{port}"]));
        using var client = new HttpClient { BaseAddress = new($"http://127.0.0.1:{port}") };
        using var events = new StreamReader(await Opened(client));
        while ((string)(await Next(events))["kind"]! != "epoch")
        {
        }
        Assert.AreEqual(HttpStatusCode.OK, (await Stop(client)).StatusCode);
        Assert.AreEqual(130, await run);
        Assert.IsTrue(File.Exists(folder.At("run/checkpoint.safetensors")));
        Assert.HasCount(1, Directory.GetFiles(folder.At("run/events")));
    }

    private static async Task<Stream> Opened(HttpClient client)
    {
        for (var attempt = 0; ; attempt++)
            try
            {
                return await client.GetStreamAsync("/events");
            }
            catch (HttpRequestException) when (attempt < 300)
            {
                await Task.Delay(100);
            }
    }

    private static async Task<HttpResponseMessage> Stop(HttpClient client)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/stop");
        request.Headers.Add("X-Token", Token().Match(await client.GetStringAsync("/")).Groups[1].Value);
        return await client.SendAsync(request);
    }

    private static async Task<JsonNode> Next(StreamReader events)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await events.ReadLineAsync(patience.Token) is { } line)
            if (line.StartsWith("data: ", StringComparison.Ordinal))
                return JsonNode.Parse(line["data: ".Length..])!;
        throw new EndOfStreamException();
    }

    private static TrainingProgress At(int step) => new(1, 2, step, 10, 0.01f, 3.5f,
        new Dictionary<string, float> { ["box"] = 0.5f }, TimeSpan.FromSeconds(step));

    private static EpochSummary Epoch => new(1, 3, new Dictionary<string, float>(), 0.01f, TimeSpan.FromSeconds(2), null)
    {
        Pictures = [new(Images.RgbImage.Filled(8, 6, 1, 2, 3), [])],
    };

    [GeneratedRegex("'X-Token': '([0-9A-F]{32})'")]
    private static partial Regex Token();
}
