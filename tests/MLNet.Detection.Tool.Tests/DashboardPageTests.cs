using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using MLNet.Detection.Tests.Web;
using OnnxGraphs.Tests.Artifacts;

namespace MLNet.Detection.Tool.Tests;

/// <summary>The page of a run in headless Chromium: curves, predictions, the button.</summary>
[TestClass]
public sealed class DashboardPageTests
{
    [TestMethod]
    public async Task ThePageShowsTheRunAndStopsIt()
    {
        _ = NodeScript.WebRuntime.Harness;
        var browser = Browser.Path;
        using var folder = new ToolFolder();
        var port = FreePort();
        var run = Task.Run(() => ToolFolder.Run("train", "--train", folder.Shapes.Train, "--val", folder.Shapes.Test, "--images",
            folder.Shapes.Images, "--epochs", "1000", "--output", folder.At("run"), "--dashboard", $"{port}"));
        await Listening(port);
        File.WriteAllText(folder.At("plan.json"), JsonSerializer.Serialize(new
        {
            address = $"http://127.0.0.1:{port}/", browser, screenshot = folder.At("page.png"),
        }));
        NodeScript.WebRuntime.Run("dashboard.mjs", folder.At("plan.json"), folder.At("result.json"));
        Assert.AreEqual(130, await run);
        Assert.IsTrue(File.Exists(folder.At("run/checkpoint.safetensors")));
        using var result = JsonDocument.Parse(File.ReadAllText(folder.At("result.json")));
        var seen = result.RootElement;
        Assert.AreEqual(0, seen.GetProperty("told").GetArrayLength(), $"the console says {seen.GetProperty("told")}");
        StringAssert.Matches(seen.GetProperty("status").GetString()!, new(@"^Epoch \d+ of 1000, step \d+ of \d+, rate .*, about \d\d:\d\d:\d\d left$"));
        CollectionAssert.AreEquivalent(new[] { "loss", "box", "classification" },
            seen.GetProperty("keys").EnumerateArray().Select(key => key.GetString()).ToArray());
        Assert.IsGreaterThan(0, seen.GetProperty("points").GetInt32());
        Assert.AreEqual(4, seen.GetProperty("pictures").GetArrayLength());
        Assert.AreEqual(128, seen.GetProperty("pictures")[0][0].GetInt32());
        if (Environment.GetEnvironmentVariable("DETECTION_MLNET_SCREENSHOTS") is { } kept)
            File.Copy(folder.At("page.png"), Path.Combine(kept, "dashboard.png"), overwrite: true);
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private static async Task Listening(int port)
    {
        using var client = new HttpClient();
        for (var attempt = 0; ; attempt++)
            try
            {
                await client.GetStringAsync($"http://127.0.0.1:{port}/");
                return;
            }
            catch (HttpRequestException) when (attempt < 300)
            {
                await Task.Delay(100);
            }
    }
}
