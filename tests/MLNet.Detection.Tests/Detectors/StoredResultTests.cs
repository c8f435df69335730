using MLNet.Detection.Detectors;
using MLNet.Detection.Inspection;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Tests;

namespace MLNet.Detection.Tests.Detectors;

[TestClass]
public sealed class StoredResultTests
{
    [TestMethod]
    public void A_file_that_is_a_constant_is_refused_as_what_it_is()
    {
        var model = HandMade.Model(13, [Tensor.Of<float>(new(1, 3, 64, 64), new float[3 * 64 * 64])],
            [HandMade.Node("Identity", ["stored"], ["boxes"])], ("stored", Tensor.Of<float>(new(1, 2, 4), new float[8])));
        model.Proto.Graph.Input[0].Name = "image";
        var refused = Assert.ThrowsExactly<ModelException>(() => new DetectorImport { Classes = ["a"] }.Apply(model));
        StringAssert.Contains(refused.Message, "the exporter stored a constant");
        StringAssert.Contains(refused.Message, "Export the model again");
        StringAssert.Contains(string.Join('\n', DetectorInspection.Of(model).Problems), "the exporter stored a constant");
    }
}
