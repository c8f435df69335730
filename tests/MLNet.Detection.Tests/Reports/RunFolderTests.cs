using MLNet.Detection.Detectors;
using MLNet.Detection.Evaluation;
using MLNet.Detection.Tests.Data;
using MLNet.Detection.Training;
using OnnxGraphs.Models;
using System.Text.Json.Nodes;
using MLNet.Detection.Reports;
using MLNet.Detection.Tests.Training;

namespace MLNet.Detection.Tests.Reports;

[TestClass]
public sealed class RunFolderTests
{
    private readonly TemporaryFolder _folder = new();

    [TestCleanup]
    public void Remove() => _folder.Dispose();

    [TestMethod]
    public void A_new_or_empty_folder_is_taken()
    {
        Assert.IsTrue(Directory.Exists(RunFolder.Create(_folder.File("a", "b")).Path));
        Assert.AreEqual(_folder.File("a", "b", "log.csv"), RunFolder.Create(_folder.File("a", "b")).Log);
    }

    [TestMethod]
    public void A_folder_with_files_is_refused_unless_allowed()
    {
        _folder.Write("run/model.onnx", "older");
        var error = Assert.ThrowsExactly<IOException>(() => RunFolder.Create(_folder.File("run")));
        StringAssert.Contains(error.Message, _folder.File("run"));
        StringAssert.Contains(error.Message, "not empty");
        Assert.AreEqual("older", File.ReadAllText(_folder.File("run", "model.onnx")));
        var run = RunFolder.Create(_folder.File("run"), overwrite: true);
        run.Write(SmallRun.Detector);
        CollectionAssert.AreEqual(SmallRun.Classes.ToArray(), DetectorModel.Load(run.Model).Classes.ToArray());
    }

    [TestMethod]
    public void A_file_in_its_place_is_named()
    {
        var path = _folder.Write("run", "a file");
        StringAssert.Contains(Assert.ThrowsExactly<IOException>(() => RunFolder.Create(path, overwrite: true)).Message,
            "a file of that name");
        Assert.AreEqual("a file", File.ReadAllText(path));
    }

    [TestMethod]
    public void A_full_disk_leaves_the_older_model()
    {
        if (!File.Exists("/dev/full"))
            Assert.Inconclusive("This system has no /dev/full.");
        var run = RunFolder.Create(_folder.File("run"));
        run.Write(SmallRun.Detector);
        var bytes = File.ReadAllBytes(run.Model);
        File.CreateSymbolicLink(run.Model + ".tmp", "/dev/full");
        StringAssert.Contains(Assert.ThrowsExactly<ModelException>(() => run.Write(SmallRun.SoftmaxDetector)).Message,
            "free space");
        CollectionAssert.AreEqual(bytes, File.ReadAllBytes(run.Model));
    }

    [TestMethod]
    public void Metrics_are_written_by_name()
    {
        var run = RunFolder.Create(_folder.File("run"));
        var box = new BoxXywh(0, 0, 40, 40);
        var metrics = new CocoEvaluation()
            .Evaluate([new GroundTruth(1, 0, box)], [new DetectionResult(1, 0, box, 0.9)], [0, 1]);
        run.Write(metrics, ["cell", "none"], new JsonObject { ["epochs"] = 3 });
        var json = JsonNode.Parse(File.ReadAllText(run.Metrics))!;
        Assert.AreEqual(1.0, (double)json["MAP50_95"]!, 1e-12);
        Assert.AreEqual(1.0, (double)json["ARMedium"]!, 1e-12);
        Assert.AreEqual("cell", (string)json["classes"]![0]!["name"]!);
        Assert.AreEqual(1, (int)json["classes"]![0]!["objects"]!);
        Assert.AreEqual(3, (int)json["epochs"]!);
    }

    [TestMethod]
    public void A_log_comes_back_and_damage_is_named_by_line()
    {
        var path = _folder.Write("log.csv",
            "step,epoch,learning_rate,loss,classification,box,seconds\n"
            + "1,1,0.001,2.5,2,0.5,0.1\n2,1,0.002,NaN,1,0.25,0.2\n");
        var log = TrainingLog.Read(path);
        CollectionAssert.AreEqual(new[] { "classification", "box" }, log.Terms.ToArray());
        Assert.AreEqual((1, 1, 0.001, 2.5),
            (log.Steps[0].Step, log.Steps[0].Epoch, log.Steps[0].LearningRate, log.Steps[0].Loss));
        CollectionAssert.AreEqual(new[] { 1, 0.25 }, log.Steps[1].Terms.ToArray());
        Assert.IsTrue(double.IsNaN(log.Steps[1].Loss));
        File.AppendAllText(path, "3,1,0.003,");
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => TrainingLog.Read(path)).Message,
            "line 4");
        Assert.IsEmpty(TrainingLog.Read(_folder.Write("empty.csv", "")).Steps);
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(
            () => TrainingLog.Read(_folder.Write("other.csv", "a,b\n1,2\n"))).Message, "line 1");
    }
}
