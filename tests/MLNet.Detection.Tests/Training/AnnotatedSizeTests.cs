using Microsoft.ML;
using MLNet.Detection.Data;
using MLNet.Detection.Training;

namespace MLNet.Detection.Tests.Training;

[TestClass]
public sealed class AnnotatedSizeTests
{
    [TestMethod]
    [DataRow(2)]
    [DataRow(1)]
    public void Pictures_of_another_size_than_annotated_are_named(int factor)
    {
        using var run = new SmallRun(val: 0);
        var data = SmallRun.With(run.Train, run.Train.Images.Select((image, i) =>
            i == 1 ? image with { Width = factor * image.Width } : image));
        var (ml, said) = (new MLContext(seed: 1), new List<string>());
        ml.Log += (_, entry) => said.Add(entry.Message);
        new FineTuneTrainer(ml, run.Options(epochs: 1)).Train(new DetectionDataView(data));
        var warnings = said.Where(text => text.Contains("with another size than annotated")).ToList();
        Assert.HasCount(factor - 1, warnings);
        foreach (var warning in warnings)
        {
            StringAssert.Contains(warning, $"{data.Source}: one picture with");
            StringAssert.Contains(warning, $"{data.Images[1].FileName}: the picture is ");
        }
    }
}
