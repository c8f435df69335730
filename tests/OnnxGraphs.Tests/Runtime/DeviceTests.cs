using OnnxGraphs.Runtime;

namespace OnnxGraphs.Tests;

[TestClass]
public sealed class DeviceTests
{
    [TestMethod]
    [DataRow("cpu", "cpu")]
    [DataRow(" CPU ", "cpu")]
    [DataRow("cuda", "cuda:0")]
    [DataRow("CUDA:1", "cuda:1")]
    [DataRow("dml", "dml:0")]
    [DataRow("dml:1", "dml:1")]
    [DataRow("CoreML", "coreml")]
    [DataRow("WebGPU", "webgpu")]
    public void ADeviceIsReadFromText(string text, string expected) =>
        Assert.AreEqual(expected, Device.Parse(text).ToString());

    [TestMethod]
    [DataRow("")]
    [DataRow("gpu")]
    [DataRow("cuda:")]
    [DataRow("cuda:-1")]
    [DataRow("cuda:1:2")]
    [DataRow("cuda: 1")]
    [DataRow("cpu:1")]
    [DataRow("coreml:0")]
    [DataRow("webgpu:0")]
    public void AnotherTextIsRefused(string text) =>
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => Device.Parse(text)).Message,
            "expected cpu, cuda or cuda:N (NVIDIA), dml or dml:N (DirectML), coreml or webgpu");

    [TestMethod]
    public void AGpuThatIsNotThereIsAClearError()
    {
        var error = Assert.ThrowsExactly<InvalidOperationException>(() =>
            new Device("cuda", 99).CreateSessionOptions().Dispose());
        StringAssert.Contains(error.Message, "cuda:99");
        StringAssert.Contains(error.Message, "Microsoft.ML.OnnxRuntime.Gpu");
        StringAssert.Matches(error.Message, new(@"Here the driver \S+ is (there|missing); "
            + @"(libonnxruntime_providers_cuda\.so is missing|\S*cu\w+\S* is (there|missing))"));
        Assert.DoesNotContain("cuDNN", error.Message);
    }

    [TestMethod]
    [DataRow("dml:0", "Microsoft.ML.OnnxRuntime.DirectML")]
    [DataRow("coreml", "macOS and iOS")]
    [DataRow("webgpu", "built with WebGPU")]
    public void AProviderThatIsNotInTheLibraryIsAClearError(string name, string needed)
    {
        var device = Device.Parse(name);
        try
        {
            device.CreateSessionOptions().Dispose();
            Assert.Inconclusive($"The native library here has {device}.");
        }
        catch (InvalidOperationException error)
        {
            StringAssert.Contains(error.Message, $"Device {name} cannot be used");
            StringAssert.Contains(error.Message, needed);
        }
    }

    [TestMethod]
    public void AnUnknownProviderIsNamed() => StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(
        () => new Device("tpu").CreateSessionOptions().Dispose()).Message, "Provider 'tpu'");

    [TestMethod]
    public void ThreadsAreThoseOfItsSessions()
    {
        using var options = (Device.Cpu with { Threads = 1 }).CreateSessionOptions();
        Assert.AreEqual(1, options.IntraOpNumThreads);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => (Device.Cpu with { Threads = -1 }).CreateSessionOptions());
    }

    [TestMethod]
    [DoNotParallelize]
    public void ThreadsMayBeStatedForAllSessions()
    {
        const string name = "DETECTION_MLNET_THREADS";
        var before = Environment.GetEnvironmentVariable(name);
        try
        {
            Environment.SetEnvironmentVariable(name, "3");
            using var stated = Device.Cpu.CreateSessionOptions();
            Assert.AreEqual(3, stated.IntraOpNumThreads);
            using var own = (Device.Cpu with { Threads = 1 }).CreateSessionOptions();
            Assert.AreEqual(1, own.IntraOpNumThreads);
            Environment.SetEnvironmentVariable(name, "two");
            StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(
                () => Device.Cpu.CreateSessionOptions()).Message, $"{name} is 'two'; expected a number of threads");
        }
        finally
        {
            Environment.SetEnvironmentVariable(name, before);
        }
    }

    [TestMethod]
    public void OnlyCudaHasGraphs() => StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(
        () => (Device.Cpu with { CaptureGraph = true }).CreateSessionOptions().Dispose()).Message,
        "CaptureGraph is set, but the device is cpu");

    [TestMethod]
    public void DevicesOfEqualOptionsAreEqual()
    {
        Assert.AreEqual(Device.Cpu, Device.Parse("cpu"));
        Assert.AreEqual(new Device("cuda", 1), Device.Parse("cuda:1"));
        Assert.AreNotEqual(new Device("cuda", 1), Device.Parse("cuda:1") with { Tf32 = false });
        Assert.IsTrue(Device.Parse("cuda").FixedBuffers);
        Assert.IsFalse(Device.Cpu.FixedBuffers);
    }
}
