using System.Diagnostics;
using System.Runtime.Intrinsics;

namespace OnnxGraphs.Tests.Kernels;

/// <summary>The tests of the kernels again in a process whose runtime may not use the widest vectors.</summary>
[TestClass]
public class VectorWidthTests
{
    private const string WidthVariable = "DETECTION_MLNET_TEST_VECTOR_BITS";

    [TestMethod]
    [DataRow(256, "DOTNET_EnableAVX512", "DOTNET_EnableAVX512F")]
    [DataRow(128, "DOTNET_EnableAVX", "DOTNET_EnableAVX2")]
    public void KernelsWorkOnNarrowerVectors(int bits, params string[] turnedOff)
    {
        if (Given() is not null)
            return;
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            ["test", typeof(VectorWidthTests).Assembly.Location, "--filter", "FullyQualifiedName~Tests.Kernels"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var variable in turnedOff)
            start.Environment[variable] = "0";
        start.Environment[WidthVariable] = $"{bits}";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, said + errors.Result);
    }

    [TestMethod]
    public void VectorsAreAsNarrowAsWanted()
    {
        if (Given() is not { } bits)
            return;
        Assert.IsFalse(Vector512.IsHardwareAccelerated && bits < 512);
        Assert.IsFalse(Vector256.IsHardwareAccelerated && bits < 256);
    }

    // Null in the process that starts the others.
    private static int? Given() => int.TryParse(Environment.GetEnvironmentVariable(WidthVariable), out var bits)
        ? bits : null;
}
