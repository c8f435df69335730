using Microsoft.ML;
using MLNet.Detection.Data;
using MLNet.Detection.Training;
using OnnxGraphs.Losses;
using OnnxGraphs.Models;

namespace MLNet.Detection.Tests.Training;

/// <summary>Options and columns that do not fit: the message names them, before anything is read.</summary>
[TestClass]
public sealed class FineTuneOptionsTests
{
    private static readonly DetectionDataset Empty = new("none", ShapesGenerator.Categories, []);

    [TestMethod]
    public void Numbers_out_of_range_are_named()
    {
        Refuses(new() { Detector = SmallRun.Detector, Epochs = 0 }, "Options.Epochs is 0; expected at least 1.");
        Refuses(new() { Detector = SmallRun.Detector, BatchSize = -1 }, "Options.BatchSize is -1;");
        Refuses(new() { Detector = SmallRun.Detector, LearningRate = 0 }, "Options.LearningRate is 0;");
        Refuses(new() { Detector = SmallRun.Detector, LearningRate = float.PositiveInfinity }, "Options.LearningRate");
        Refuses(new() { Detector = SmallRun.Detector, WarmUpEpochs = -1 }, "Options.WarmUpEpochs is -1;");
        Refuses(new() { Detector = SmallRun.Detector, Workers = -1 }, "Options.Workers is -1; expected zero or more");
        Refuses(new() { Detector = SmallRun.Detector, ReportEvery = 0 }, "Options.ReportEvery is 0;");
        Refuses(new() { Detector = SmallRun.Detector, EarlyStoppingPatience = 0 },
            "Options.EarlyStoppingPatience is 0;");
        Refuses(new() { Detector = SmallRun.Detector, KeepBest = true }, "Options.ValidationSet is not set;");
        Refuses(new() { Detector = SmallRun.Detector, EarlyStoppingPatience = 2 }, "Options.ValidationSet is not set;");
    }

    [TestMethod]
    public void Classes_of_the_data_must_be_the_detectors()
    {
        var (two, other) = (Classes("circle", "cross"), Classes("cross", "rectangle", "triangle", "star"));
        Refuses(new() { Detector = SmallRun.Detector }, "those of the data circle, cross. The data has no rectangle, triangle: leave that out of the classes", two);
        Refuses(new() { Detector = SmallRun.Detector }, "those of the data cross, rectangle, triangle, star;", other);
        Refuses(new() { Detector = SmallRun.Detector, ValidationSet = new DetectionDataView(Classes("star")) },
            "those of the ValidationSet star; none is shared.", Classes([.. SmallRun.Classes]));
    }

    [TestMethod]
    public void The_loss_must_fit_the_head()
    {
        Refuses(new() { Detector = SmallRun.Detector, Loss = new MultiBoxLoss() },
            "MultiBoxLoss needs a class head with a background column");
        Refuses(new() { Detector = SmallRun.SoftmaxDetector, Loss = new RetinaNetLoss() },
            "RetinaNetLoss needs a class head without");
    }

    [TestMethod]
    public void A_detector_that_contradicts_itself_is_named()
    {
        using var run = new SmallRun(train: 1, val: 0);
        var detector = SmallRun.Detector with { Anchors = [.. SmallRun.Detector.Anchors.Skip(1)] };
        var error = Assert.ThrowsExactly<ModelException>(() => run.Fit(run.Options(detector: detector)));
        StringAssert.Contains(error.Message, "127 anchors");
    }

    [TestMethod]
    public void Columns_that_are_missing_or_of_another_type_are_named()
    {
        var ml = new MLContext();
        var view = ml.Data.LoadFromEnumerable([new Row()]);
        Throws(view, new(), "Column 'Image' is Vector", "a vector of bytes");
        Throws(view, new(Image: "Picture"),
            "Column 'Picture' is missing; the data has Image, Label, BoundingBoxes, Bytes");
        Throws(view, new(Image: "Bytes"), "Column 'BoundingBoxes' is Vector", "x0 y0 x1 y1");
        Throws(view, new(Image: "Bytes", BoundingBoxes: "Image"), "Column 'Label' is Vector", "MapValueToKey");

        void Throws(IDataView data, LabelColumns columns, params string[] parts)
        {
            var error = Assert.ThrowsExactly<ArgumentException>(
                () => new FineTuneTrainer(ml, new() { Detector = SmallRun.Detector, Columns = columns }).Train(data));
            foreach (var part in parts)
                StringAssert.Contains(error.Message, part);
        }
    }

    private static void Refuses(FineTuneTrainer.Options options, string message, DetectionDataset? data = null)
    {
        var error = Assert.ThrowsExactly<ArgumentException>(
            () => new FineTuneTrainer(new MLContext(), options).Train(new DetectionDataView(data ?? Empty)));
        StringAssert.Contains(error.Message, message);
    }

    private static DetectionDataset Classes(params string[] names) =>
        new("none", names.Select((name, i) => new Category(i + 1, name)), [new(1, "a.png", "a.png", 8, 8, [])]);

    private sealed class Row
    {
        public float[] Image { get; set; } = [1];

        public float[] Label { get; set; } = [1];

        public int[] BoundingBoxes { get; set; } = [1];

        public byte[] Bytes { get; set; } = [1];
    }
}
