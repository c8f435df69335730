using Microsoft.ML;
using MLNet.Detection.Builtin;
using MLNet.Detection.Data;
using MLNet.Detection.Tests.Data;
using MLNet.Detection.Training;

namespace MLNet.Detection.Tests.Builtin;

[TestClass]
public class ScratchRecipeTests
{
    [TestMethod]
    public void TheTrainerTakesTheRecipe()
    {
        using var folder = new TemporaryFolder();
        var options = new ShapesOptions
        {
            Width = 64, Height = 64, MinSize = 0.3, MaxShapes = 2, Train = 16, Val = 0, Test = 0,
        };
        var shapes = ShapesGenerator.Write(folder.File("shapes"), options);
        var ml = new MLContext(1);
        var data = ml.Detection().LoadFromCoco(shapes.Train, shapes.Images);
        string[] classes = [.. data.Dataset.Categories.Select(c => c.Name)];
        var detector = new SmallDetector { Classes = classes, Width = 64, Height = 64 }.Build();
        var result = new FineTuneTrainer(ml, new()
        {
            Detector = detector,
            Loss = ScratchRecipe.Loss,
            Optimizer = ScratchRecipe.Optimizer,
            LearningRate = ScratchRecipe.LearningRate,
            BatchSize = ScratchRecipe.BatchSize,
            Epochs = 20,
        }).Train(data);
        Assert.HasCount(20, result.History);
        Assert.IsLessThan(0.7 * result.History[0].Loss, result.History[^1].Loss);
        Assert.AreNotSame(detector, result.Detector);
    }
}
