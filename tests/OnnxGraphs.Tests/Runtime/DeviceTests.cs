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
    public void ADeviceIsReadFromText(string text, string expected) =>
        Assert.AreEqual(expected, Device.Parse(text).ToString());

    [TestMethod]
    [DataRow("")]
    [DataRow("gpu")]
    [DataRow("cuda:")]
    [DataRow("cuda:-1")]
    [DataRow("cuda:1:2")]
    [DataRow("cpu:1")]
    public void AnotherTextIsRefused(string text) =>
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => Device.Parse(text)).Message,
            "expected cpu, cuda or cuda:N");

    [TestMethod]
    public void AGpuThatIsNotThereIsAClearError()
    {
        var error = Assert.ThrowsExactly<InvalidOperationException>(() =>
            new Device("cuda", 99).CreateSessionOptions().Dispose());
        StringAssert.Contains(error.Message, "cuda:99");
        StringAssert.Contains(error.Message, "Microsoft.ML.OnnxRuntime.Gpu");
        StringAssert.Matches(error.Message, new(@"Here the driver \S+ is (there|missing); \S*cudart\S* is .*cudnn"));
    }
}
