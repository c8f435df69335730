using Microsoft.ML;
using MLNet.Detection.Tests.Data;
using MLNet.Detection.Tests.Estimators;
using OnnxGraphs.Runtime;

namespace MLNet.Detection.Tests.Interop;

[TestClass]
public sealed class ContextDeviceTests
{
    // No machine has this many.
    private const int NoGpu = 999;

    [TestMethod]
    public void Without_that_gpu_the_processor_is_used_with_a_warning_where_allowed()
    {
        using var folder = new TemporaryFolder();
        TinyDetector.Model.Save(folder.File("tiny.onnx"));
        var ml = new MLContext { GpuDeviceId = NoGpu, FallbackToCpu = true };
        var said = new List<string>();
        ml.Log += (_, entry) => said.Add(entry.Message);
        ml.Detection().LoadDetector(folder.File("tiny.onnx")).Dispose();
        Assert.Contains("GpuDeviceId is 999", string.Join('\n', said));

        ml.FallbackToCpu = false;
        var error = Assert.ThrowsExactly<InvalidOperationException>(
            () => ml.Detection().LoadDetector(folder.File("tiny.onnx")));
        Assert.Contains("cuda:999", error.Message);
        Assert.Contains("Microsoft.ML.OnnxRuntime.Gpu", error.Message);
    }

    [TestMethod]
    public void What_is_chosen_comes_before_what_the_context_asks_for()
    {
        using var folder = new TemporaryFolder();
        TinyDetector.Model.Save(folder.File("tiny.onnx"));
        var ml = new MLContext { GpuDeviceId = NoGpu };
        using var detector = ml.Detection().LoadDetector(folder.File("tiny.onnx"), new() { Device = Device.Cpu });
        Assert.HasCount(3, detector.Model.Classes);
    }
}
