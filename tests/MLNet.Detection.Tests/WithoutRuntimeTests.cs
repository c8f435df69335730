using System.Diagnostics;

namespace MLNet.Detection.Tests;

[TestClass]
public sealed class WithoutRuntimeTests
{
    // tests/WithoutRuntime is an application without the native package; it lies beside this project.
    [TestMethod]
    public void An_application_without_the_native_library_is_told_which_package_to_add()
    {
        var program = AppContext.BaseDirectory.Replace("MLNet.Detection.Tests", "WithoutRuntime");
        var start = new ProcessStartInfo("dotnet", [Path.Combine(program, "WithoutRuntime.dll")])
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        Assert.HasCount(7, said);
        foreach (var line in said.Where(line => !line.EndsWith("did without", StringComparison.Ordinal)))
        {
            StringAssert.Contains(line, ": DllNotFoundException: ONNX Runtime's native library");
            StringAssert.Contains(line, "'dotnet add package Microsoft.ML.OnnxRuntime'");
        }
        Assert.IsLessThan(3, said.Count(line => line.EndsWith("did without", StringComparison.Ordinal)));
    }
}
