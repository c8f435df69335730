using System.Diagnostics.Metrics;
using MLNet.Detection.Training;

namespace MLNet.Detection.Tests.Training;

/// <summary>What a listener of OpenTelemetry hears of a run, and the file of epochs.</summary>
[TestClass]
[DoNotParallelize]
public sealed class MetersTests
{
    [TestMethod]
    public void ListenersHearTheRun()
    {
        var heard = new List<(string Name, double Value, string Tag)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, own) =>
            {
                if (instrument.Meter.Name == "MLNet.Detection.Training")
                    own.EnableMeasurementEvents(instrument);
            },
        };
        void Hear(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            lock (heard)
                heard.Add((instrument.Name, value, tags.Length > 0 ? $"{tags[0].Value}" : ""));
        }
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Hear(instrument, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Hear(instrument, value, tags));
        listener.Start();
        using var run = new SmallRun();
        var losses = new List<double>();
        var result = run.Fit(run.Options(validate: true, batch: 4,
            progress: new SmallRun.Told(now => losses.AddRange(now.Finished is null ? [now.Loss] : []))));
        double[] Values(string name, string tag = "") =>
            [.. heard.Where(m => m.Name == "detection.training." + name && m.Tag == tag).Select(m => m.Value)];
        CollectionAssert.IsSubsetOf(losses, Values("loss"));
        Assert.AreEqual(6, Values("steps").Sum());
        Assert.AreEqual(24, Values("images").Sum());
        Assert.AreEqual(result.History.Sum(epoch => epoch.Waited.TotalSeconds), Values("wait").Sum(), 1e-9);
        CollectionAssert.AreEqual(result.History.Select(epoch => epoch.Validation!.MAP50).ToArray(), Values("validation", "mAP50"));
        Assert.IsNotEmpty(Values("term", "box"));
        Assert.IsTrue(Values("speed").All(speed => speed > 0));
    }

    [TestMethod]
    public void TheFileOfEpochsHasALineAnEpoch()
    {
        using var run = new SmallRun();
        var whole = run.Fit(run.Options(validate: true, workspace: "whole"));
        var lines = File.ReadAllLines(run.Folder("whole/epochs.csv"));
        Assert.AreEqual("epoch,learning_rate,loss,box,classification,mAP50,mAP50-95,seconds,waited_seconds", lines[0]);
        Assert.HasCount(3, lines);
        foreach (var (epoch, line) in whole.History.Zip(lines.Skip(1)))
        {
            var fields = line.Split(',');
            Assert.AreEqual((epoch.Epoch, epoch.Loss, (float)epoch.Validation!.MAP50),
                (int.Parse(fields[0]), float.Parse(fields[2]), float.Parse(fields[5])));
        }
    }

    [TestMethod]
    public void AResumedRunGoesOnInIt()
    {
        using var run = new SmallRun();
        run.Fit(run.Options(workspace: "whole"));
        using var stop = new CancellationTokenSource();
        Assert.ThrowsExactly<OperationCanceledException>(() => run.Fit(run.Options(workspace: "part", cancel: stop.Token,
            progress: new SmallRun.Told(now => { if (now.Step == 4) stop.Cancel(); }))));
        run.Fit(run.Options(workspace: "part", resume: "part/checkpoint.safetensors"));
        static string[] Numbers(string path) => [.. File.ReadAllLines(path).Select(line => string.Join(',', line.Split(',')[..3]))];
        CollectionAssert.AreEqual(Numbers(run.Folder("whole/epochs.csv"))[..2], Numbers(run.Folder("part/epochs.csv"))[..2]);
        Assert.HasCount(3, Numbers(run.Folder("part/epochs.csv")));
    }
}
