using Microsoft.ML;

namespace Contract.Tests.Behaviour;

[TestClass]
public sealed class ContextTests
{
    [TestMethod]
    public void AContextAsksForNoGpuAndForbidsTheProcessorInItsPlace()
    {
        var ml = new MLContext(seed: 1);
        Assert.IsNull(ml.GpuDeviceId);
        Assert.IsFalse(ml.FallbackToCpu);
    }
}
