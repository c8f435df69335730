using Microsoft.ML;
using MLNet.Detection.Data;
using MLNet.Detection.Tests.Estimators;
using MLNet.Detection.Tests.Heads;
using MLNet.Detection.Tests.Heads.Finding;
using MLNet.Detection.Training;

namespace MLNet.Detection.Tests.Training;

[TestClass]
public sealed class GrowthTests
{
    [TestMethod]
    [DataRow(1f, 1)]
    [DataRow(1e-4f, 0)]
    public void A_loss_that_grows_twentyfold_is_told_once(float rate, int told)
    {
        var (ml, warnings) = (new MLContext(seed: 1), new List<string>());
        ml.Log += (_, entry) =>
        {
            if (entry.Message.Contains("the learning rate is too high", StringComparison.Ordinal))
                warnings.Add(entry.Message);
        };
        var trainer = new FineTuneTrainer(ml, new()
        {
            Detector = FamilyFile.Import("centernet") with { Classes = [.. HeadExport.Classes] }, Epochs = 12, BatchSize = 4,
            LearningRate = rate, WarmUpEpochs = 0,
        });
        try
        {
            _ = trainer.Train(new DetectionDataView(HeadExport.Pictures));
        }
        catch (TrainingDivergedException)
        {
            // It may grow until it is no number any more.
        }
        Assert.HasCount(told, warnings);
    }
}
