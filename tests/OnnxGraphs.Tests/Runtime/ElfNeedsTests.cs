using OnnxGraphs.Runtime;

namespace OnnxGraphs.Tests.Runtime;

/// <summary>What a native library says it needs, read off real ones.</summary>
[TestClass]
public sealed class ElfNeedsTests
{
    [TestMethod]
    public void Onnx_runtime_needs_the_c_library()
    {
        var file = Path.Combine(AppContext.BaseDirectory, "libonnxruntime.so");
        if (!File.Exists(file))
            Assert.Inconclusive("There is no libonnxruntime.so beside the tests: this is no Linux.");
        var needs = ElfNeeds.Of(file).ToList();
        CollectionAssert.Contains(needs, "libc.so.6");
        CollectionAssert.AllItemsAreUnique(needs);
    }

    [TestMethod]
    public void What_is_no_such_file_needs_nothing()
    {
        var file = Path.GetTempFileName();
        try
        {
            Assert.IsEmpty(ElfNeeds.Of(file));
            File.WriteAllBytes(file, new byte[200]);
            Assert.IsEmpty(ElfNeeds.Of(file));
        }
        finally
        {
            File.Delete(file);
        }
    }
}
