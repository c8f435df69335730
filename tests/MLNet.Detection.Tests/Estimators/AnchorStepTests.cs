using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Anchors;
using MLNet.Detection.Boxes;
using MLNet.Detection.Estimators;
using MLNet.Detection.Images;
using MLNet.Detection.Matching;
using MLNet.Detection.Sampling;
using MLNet.Detection.Scoring;
using MLNet.Detection.Tests.Data;
using MLNet.Detection.Tests.Interop;

namespace MLNet.Detection.Tests.Estimators;

[TestClass]
public sealed class AnchorStepTests
{
    private readonly MLContext ml = new(seed: 1);

    [TestMethod]
    public void Anchors_sampling_and_labels_work_in_one_chain()
    {
        using var folder = new TemporaryFolder();
        var data = ml.Data.Cache(ml.Detection().LoadFromCoco(TinyCoco.Write(folder), folder.Path));
        var generate = ml.Detection().GenerateAnchors(UltraFaceAnchors.Default, 32, 32, [8, 16, 32, 64]);
        var anchors = generate.Fit(data).Anchors;
        CollectionAssert.AreEqual(UltraFaceAnchors.Default.Generate(32, 32), anchors.ToArray());
        var resize = new ImageResize(32, 32);
        IDataView View(int seed) => generate.Append(ml.Detection().MatchAnchors(anchors, resize))
            .Append(ml.Detection().SampleAnchors(new RandomSampler(12), seed))
            .Append(ml.Detection().EncodeLabels(anchors, resize)).Fit(data).Transform(data);
        var view = View(1);
        CollectionAssert.AreEqual(
            MemoryMarshal.Cast<Box, float>(anchors.ToArray()).ToArray(), Rows.Vectors<float>(view, "Anchors")[2]);
        Assert.AreEqual(anchors.Count, ((VectorDataViewType)view.Schema["MatchedIndices"].Type).Size);
        var classes = Rows.Vectors<long>(view, "AnchorClasses");
        foreach (var row in classes)
            Assert.AreEqual(12, row.Count(c => c != Matcher.Ignored));
        Assert.IsTrue(classes.Any(row => row.Max() >= 0));
        string Text(IDataView v) => string.Join(" ", Rows.Vectors<long>(v, "AnchorClasses").SelectMany(c => c));
        Assert.AreEqual(Text(view), Text(View(1)));
        Assert.AreNotEqual(Text(view), Text(View(2)));
    }

    [TestMethod]
    public void Hard_samples_look_at_the_losses_of_their_row()
    {
        IDataView Sampled(params float[] losses)
        {
            var data = ml.Data.LoadFromEnumerable([new Matched { AnchorLosses = losses }]);
            return ml.Detection().SampleAnchors(new HardNegativeSampler(1)).Fit(data).Transform(data);
        }
        CollectionAssert.AreEqual(
            new[] { 0, -2, -1, -2 }, Rows.Vectors<int>(Sampled(0, 1, 3, 2), "MatchedIndices")[0]);
        Assert.Contains("Row 0, column 'AnchorLosses': found 2 losses, expected 4",
            Assert.ThrowsExactly<InvalidDataException>(
                () => Rows.Vectors<int>(Sampled(1, 2), "MatchedIndices")).Message);
    }

    [TestMethod]
    public void Raw_outputs_become_objects_in_original_pixels()
    {
        Box[] anchors = [new(0, 0, 16, 16), new(16, 16, 32, 32)];
        var data = ml.Data.LoadFromEnumerable([new Outputs()]);
        var view = ml.Detection().DecodeDetections(anchors, ["cup", "dog"], 32, 32).Fit(data).Transform(data);
        CollectionAssert.AreEqual(new uint[] { 2, 1 }, Rows.Vectors<uint>(view, "PredictedLabel")[0][..2]);
        CollectionAssert.AreEqual(
            new float[] { 24, 6, 56, 22, -8, -10, 24, 6 }, Rows.Vectors<float>(view, "PredictedBoundingBoxes")[0][..8]);
        var scores = Rows.Vectors<float>(view, "Score")[0];
        Assert.IsTrue(scores[0] > scores[1] && scores[1] > 0.9f, string.Join(" ", scores));
        VBuffer<ReadOnlyMemory<char>> names = default;
        view.Schema["PredictedLabel"].GetKeyValues(ref names);
        Assert.AreEqual("dog", names.GetItemOrDefault(1).ToString());
        var three = ml.Detection().DecodeDetections(anchors, ["a", "b", "c"], 32, 32).Fit(data).Transform(data);
        Assert.Contains("column 'ClassOutputs': found 6 numbers, expected 8 for 2 anchors and 3 classes",
            Assert.ThrowsExactly<InvalidDataException>(() => Rows.Vectors<float>(three, "Score")).Message);
        Assert.ThrowsExactly<ArgumentException>(() => ml.Detection().DecodeDetections([], ["a"], 32, 32));
    }

    [TestMethod]
    public void Suppression_keeps_types_and_drops_the_rest()
    {
        var data = ml.Data.LoadFromEnumerable([new Predicted()]);
        var view = ml.Detection().NonMaxSuppression(0.5f).Fit(data).Transform(data);
        CollectionAssert.AreEqual(new uint[] { 2, 1, 1 }, Rows.Vectors<uint>(view, "PredictedLabel")[0]);
        CollectionAssert.AreEqual(new[] { 0.9f, 0.8f, 0.3f }, Rows.Vectors<float>(view, "Score")[0]);
        Assert.AreEqual(data.Schema["PredictedLabel"].Type, view.Schema["PredictedLabel"].Type);
        var one = ml.Detection().NonMaxSuppression(new NonMaxSuppressionEstimator.Options
            { Suppression = new GreedySuppression { ClassAgnostic = true, MaxDetections = 1 } });
        Assert.HasCount(4, Rows.Vectors<float>(one.Fit(data).Transform(data), "PredictedBoundingBoxes")[0]);
        var wrong = ml.Data.LoadFromEnumerable([new Predicted { Score = [1] }]);
        Assert.Contains("4 labels in 'PredictedLabel' need 16 numbers",
            Assert.ThrowsExactly<InvalidDataException>(
                () => Rows.Vectors<float>(one.Fit(wrong).Transform(wrong), "Score")).Message);
    }

    private sealed class Matched
    {
        public int[] MatchedIndices { get; set; } = [0, -1, -1, -1];

        public float[] AnchorLosses { get; set; } = [];
    }

    private sealed class Outputs
    {
        public float[] ClassOutputs { get; set; } = [0, 5, 0, 0, 0, 6];

        public float[] BoxOutputs { get; set; } = new float[8];

        public float[] ResizeTransform { get; set; } = [0.5f, 1, 4, 10];
    }

    private sealed class Predicted
    {
        [KeyType(3)]
        public uint[] PredictedLabel { get; set; } = [1, 2, 1, 1];

        public float[] PredictedBoundingBoxes { get; set; } = [0, 0, 4, 4, 0, 0, 4, 4, 1, 0, 5, 4, 8, 8, 9, 9];

        public float[] Score { get; set; } = [0.8f, 0.9f, 0.7f, 0.3f];
    }
}
