using Microsoft.ML;
using MLNet.Detection.Estimators;
using MLNet.Detection.Evaluation;
using MLNet.Detection.Reports;
using MLNet.Detection.Tests.Data;
using MLNet.Detection.Tests.Estimators;
using MLNet.Detection.Tests.Evaluation;

namespace MLNet.Detection.Tests.Reports;

[TestClass]
public sealed class HeldOutTests
{
    [TestMethod]
    public void ThePicturesOfAScoredViewAreShownInOrderAndByMistakes()
    {
        using var folder = new TemporaryFolder();
        var data = new MLContext(seed: 1).Detection().LoadFromCoco(TinyCoco.Write(folder), folder.Path);
        using var detector = new DetectorTransformer(TinyDetector.Model);
        var scored = new CountedView(detector.Transform(data));
        var heldOut = HeldOut.Read(scored);

        var names = data.Dataset.Images.Select(image => image.FileName).ToArray();
        CollectionAssert.AreEqual(names, heldOut.First.Select(picture => picture.Name).ToArray());
        var worst = heldOut.Analysis.Mistakes.OrderByDescending(m => m.Value).ThenBy(m => m.Key).Select(m => names[m.Key]);
        Assert.IsNotEmpty(heldOut.Worst);
        CollectionAssert.AreEqual(worst.ToArray(), heldOut.Worst.Select(picture => picture.Name).ToArray());
        foreach (var (picture, image) in heldOut.First.Zip(data.Dataset.Images))
        {
            Assert.AreEqual((image.Width, image.Height), (picture.Width, picture.Height));
            CollectionAssert.AreEqual(
                image.Boxes.Select(box => box.Category).ToArray(), picture.Truth.Select(box => box.Category).ToArray());
        }
        Assert.AreEqual(2, scored.Cursors, "once to score, once for the pictures");
        Assert.AreEqual(new ScoredView(scored).Evaluate().MAP50_95, heldOut.Analysis.Metrics.MAP50_95);
    }

    [TestMethod]
    public void TheReportTellsErrorsAndMistakes()
    {
        var (truths, results) = ErrorsLvisSet.Load();
        var analysis = DetectionAnalysis.Of(truths.GroundTruths, results,
            truths.Categories.ToDictionary(category => category.Id, category => category.Name));
        var html = TrainingReport.Render(new()
        {
            Title = "Errors", Analysis = analysis, Classes = [.. analysis.Metrics.PerCategory.Select(RunReport.Class)],
        });
        foreach (var (kind, cost) in analysis.Errors.PerKind)
            Assert.Contains($"<th>{kind}</th><td class=\"number\">{cost.Count}</td>", html);
        foreach (var truth in Enumerable.Range(0, analysis.Confusion.Background + 1))
            Assert.Contains($">{analysis.Confusion[truth, analysis.Confusion.Background]}</td></tr>", html);
    }

    private sealed class CountedView(IDataView view) : IDataView
    {
        public int Cursors { get; private set; }

        public bool CanShuffle => view.CanShuffle;

        public DataViewSchema Schema => view.Schema;

        public long? GetRowCount() => view.GetRowCount();

        public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columns, Random? random = null)
        {
            Cursors++;
            return view.GetRowCursor(columns, random);
        }

        public DataViewRowCursor[] GetRowCursorSet(
            IEnumerable<DataViewSchema.Column> columns, int count, Random? random = null) =>
            [GetRowCursor(columns, random)];
    }
}
