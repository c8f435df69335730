using MLNet.Detection.Detectors;
using OnnxGraphs.Models;

namespace MLNet.Detection.Tests.Detectors;

/// <summary>A name of one level's output does not stand for all levels.</summary>
[TestClass]
public sealed class OneLevelTests
{
    [TestMethod]
    [DataRow("yunet_n_320.onnx", "cls_8", "bbox_8", "one feature level of 3")]
    [DataRow("nanodet_m.onnx", "792", "795", "one feature level of 3")]
    public void Naming_one_level_is_refused(string file, string classes, string boxes, string said)
    {
        var path = Shared.File($"zoo/{file}");
        var import = new DetectorImport { Classes = ["a"], ClassOutput = classes, BoxOutput = boxes };
        var error = Assert.ThrowsExactly<ModelException>(() => import.Load(path));
        StringAssert.Contains(error.Message, said);
        StringAssert.Contains(error.Message, "leave the names of outputs out");
    }
}
