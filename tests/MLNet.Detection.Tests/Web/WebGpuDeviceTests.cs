using System.Diagnostics;
using System.Globalization;
using MLNet.Detection.Tests.Data;
using OnnxGraphs.Tests.Artifacts;

namespace MLNet.Detection.Tests.Web;

/// <summary>
/// Training on a device with memory of its own, from C#: tests/WebGpu, with the native library for Node.js, which has WebGPU,
/// on SwiftShader. Bound inputs and outputs, copies of data and downloads are those of any GPU.
/// </summary>
[TestClass]
public sealed class WebGpuDeviceTests
{
    private const int Steps = 8;

    [TestMethod]
    public void A_run_on_the_device_is_the_run_on_the_processor()
    {
        var (cpu, gpu) = (Numbers(Run("cpu").Lines), Numbers(Run("webgpu").Lines));
        Assert.HasCount(Steps + 1, cpu);
        Assert.HasCount(Steps + 1, gpu);
        // Left to itself a run drifts from another by rounding; wrong memory showed from the third step on, by a tenth.
        for (var step = 0; step < Steps; step++)
            Assert.AreEqual(cpu[step], gpu[step], 1e-4 * Math.Abs(cpu[step]), $"loss of step {step}");
        Assert.IsLessThan(0.9 * gpu[0], gpu[Steps - 1]);
        Assert.AreEqual(cpu[Steps], gpu[Steps], 1e-6 * cpu[Steps], "sum of the weights");
    }

    [TestMethod]
    [DataRow("none")]
    [DataRow("Other")]
    public void Memory_whose_name_is_not_known_is_refused(string name)
    {
        var (lines, code) = Run("webgpu", name);
        Assert.AreEqual(1, code);
        StringAssert.Contains(string.Join('\n', lines), $"memory called 'WebGPU_Buf', which is not the host's, and the device's is "
            + $"taken to be '{name}'");
        StringAssert.Contains(string.Join('\n', lines), "Device.MemoryName");
    }

    private static double[] Numbers(string[] lines) => [.. lines.Where(line => line.StartsWith("loss ", StringComparison.Ordinal)
        || line.StartsWith("weights ", StringComparison.Ordinal))
        .Select(line => double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture))];

    private static (string[] Lines, int Code) Run(params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        File.CreateSymbolicLink(folder.File("libonnxruntime.so"), Library());
        var program = Path.Combine(AppContext.BaseDirectory.Replace("MLNet.Detection.Tests", "WebGpu"), "WebGpu.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true };
        foreach (var (name, value) in SoftwareGpu.Environment)
            start.Environment[name] = name == "LD_LIBRARY_PATH" ? $"{folder.Path}:{value}" : value;
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        return (said, process.ExitCode);
    }

    private static string Library()
    {
        var found = Path.Combine(NodeScript.WebRuntime.Harness, "node_modules", "onnxruntime-node", "bin", "napi-v6", "linux", "x64",
            "libonnxruntime.so.1");
        if (!OperatingSystem.IsLinux() || !File.Exists(found))
            Assert.Inconclusive($"There is no {found}: no library with WebGPU.");
        return found;
    }
}
