using System.Text;
using MLNet.Detection.Images;
using MLNet.Detection.Tests.Data;
using MLNet.Detection.Tests.Training;
using MLNet.Detection.Tracking;
using MLNet.Detection.Training;

namespace MLNet.Detection.Tests.Tracking;

[TestClass]
public sealed class TensorBoardLogTests
{
    // CRC-32C of "123456789" is e3069283 (RFC 3720, section B.4, and every catalogue of checksums).
    [TestMethod]
    public void TheReaderKnowsTheChecksum()
    {
        var crc = 0xe3069283u;
        Assert.AreEqual(unchecked(((crc >> 15) | (crc << 17)) + 0xA282EAD8u), EventReader.Checksum(Encoding.ASCII.GetBytes("123456789")));
    }

    [TestMethod]
    public void ARunIsReadBack()
    {
        using var run = new SmallRun();
        var (reports, epochs) = (new List<TrainingProgress>(), new List<EpochSummary>());
        string path;
        using (var events = new TensorBoardLog(run.Folder("events")))
        {
            path = events.Path;
            run.Fit(run.Options(validate: true, progress: new ProgressGroup(events, new SmallRun.Told(reports.Add)),
                callback: epochs.Add) with
            { ShownPictures = 3 });
        }
        var read = EventReader.Read(path);
        Assert.AreEqual("brain.Event:2", read[0].Version);
        Assert.IsTrue(read.All(e => Math.Abs(e.Time - DateTimeOffset.UtcNow.ToUnixTimeSeconds()) < 600));
        foreach (var now in reports.Where(now => now.Finished is null))
        {
            Assert.AreEqual(now.Loss, Number("step/loss", now.Step));
            Assert.AreEqual(now.LearningRate, Number("step/learning_rate", now.Step));
            Assert.AreEqual(now.Terms["box"], Number("step/box", now.Step));
        }
        foreach (var epoch in epochs)
        {
            Assert.AreEqual(epoch.Loss, Number("epoch/loss", epoch.Epoch));
            Assert.AreEqual((float)epoch.Validation!.MAP50, Number("validation/mAP50", epoch.Epoch));
            CheckCurves(epoch);
            CheckPictures(epoch);
        }

        float? Number(string tag, int step) => Of(tag, step).Number;

        EventReader.Value Of(string tag, int step) =>
            read.Where(e => e.Step == step).SelectMany(e => e.Values).Single(value => value.Tag == tag);

        void CheckPictures(EpochSummary epoch)
        {
            Assert.HasCount(3, epoch.Pictures);
            using var decoder = new ImageDecoder();
            foreach (var (i, picture) in epoch.Pictures.Index())
            {
                var image = Of($"validation/picture {i}", epoch.Epoch).Image!;
                Assert.AreEqual((picture.Image.Width, picture.Image.Height), ((int)image.Width, (int)image.Height));
                CollectionAssert.AreEqual(picture.Drawn().Pixels, decoder.Decode(image.Encoded, "picture").Pixels);
            }
        }

        void CheckCurves(EpochSummary epoch)
        {
            foreach (var category in epoch.Validation!.PerCategory.Where(c => c.GroundTruths > 0))
            {
                var value = Of($"validation/class {category.CategoryId}", epoch.Epoch);
                Assert.AreEqual(("pr_curves", 101L), (value.Plugin, value.Thresholds));
                CollectionAssert.AreEqual(new[] { 6L, 101L }, value.Shape);
                var (right, wrong, missed) = (value.Floats[..101], value.Floats[101..202], value.Floats[303..404]);
                var (precision, recall) = (value.Floats[404..505], value.Floats[505..]);
                for (var i = 0; i < 101; i++)
                {
                    Assert.AreEqual(category.GroundTruths, right[i] + missed[i], 1e-3);
                    Assert.AreEqual(right[i] / category.GroundTruths, recall[i], 1e-5);
                    if (right[i] > 0)
                        Assert.AreEqual(right[i] / (right[i] + wrong[i]), precision[i], 1e-5);
                    Assert.IsTrue(i == 0 || recall[i] <= recall[i - 1]);
                }
                var all = category.PrecisionRecall;
                Assert.AreEqual(all.Count == 0 ? 0 : all[^1].Recall, recall[0], 1e-5);
            }
        }
    }

    [TestMethod]
    public void EveryRecordIsWholeAtOnce()
    {
        using var folder = new TemporaryFolder();
        using var events = new TensorBoardLog(folder.File("events"));
        for (var step = 1; step <= 3; step++)
        {
            events.WriteScalar("a", step, step);
            using var open = new FileStream(events.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var bytes = new byte[open.Length];
            open.ReadExactly(bytes);
            Assert.HasCount(step + 1, EventReader.Records(bytes).ToList());
        }
    }
}
