namespace OnnxGraphs.Tests.Losses;

[TestClass]
public class LossDocumentTests
{
    [TestMethod]
    public void ThePageOfLossesIsUpToDate() => GeneratedPage.Check("losses.md", LossDocument.Write());
}
