using MLNet.Detection.Fuzz;
using MLNet.Detection.Tests.Data;

namespace MLNet.Detection.Tests.Reading;

/// <summary>A short form of <c>tests/Fuzz</c>: damaged files end in exceptions of ours, soon, and in little memory.</summary>
[TestClass]
[DoNotParallelize]
public sealed class FuzzTests
{
    [TestMethod]
    public void DamagedFilesAreRefusedInWords()
    {
        using var folder = new TemporaryFolder();
        var targets = Targets.All(folder.File("seeds"));
        var run = new FuzzRun(targets, seed: 7, folder.File("work"));
        run.Go(150 * targets.Count);
        // Time and memory are those of this machine, which does other things too: the long run measures them.
        var faults = run.Faults.Where(fault => !fault.What.StartsWith("took", StringComparison.Ordinal)).ToList();
        Assert.IsEmpty(faults, string.Join('\n', faults));
        foreach (var target in targets)
            Assert.IsGreaterThan(0, run.Counts[target.Name].Refused, target.Name);
    }

    // What is not damaged is read: the seeds are sound.
    [TestMethod]
    public void SoundFilesAreRead()
    {
        using var folder = new TemporaryFolder();
        foreach (var target in Targets.All(folder.File("seeds")))
            foreach (var (i, seed) in target.Seeds.Index())
            {
                foreach (var file in seed)
                {
                    var path = folder.File(target.Name, $"{i}", file.Path);
                    Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                    File.WriteAllBytes(path, file.Bytes);
                }
                target.Read(folder.File(target.Name, $"{i}", seed[0].Path));
            }
    }

    // The run itself sees what it is for.
    [TestMethod]
    public void FaultsAreSeen()
    {
        using var folder = new TemporaryFolder();
        IReadOnlyList<SeedFile> seed = [new("a", new byte[100])];
        var run = new FuzzRun(
        [
            new("foreign", [seed], _ => throw new InvalidCastException()),
            new("slow", [seed], _ => Compute(TimeSpan.FromSeconds(1.2))),
            new("large", [seed], _ =>
            {
                var memory = new byte[120 << 20];
                Array.Fill(memory, (byte)1);
                Thread.Sleep(50);
                GC.KeepAlive(memory);
            }),
        ], 1, folder.File("work"));
        run.Go(3);
        CollectionAssert.AreEqual(new[] { "foreign", "slow", "large" }, run.Faults.Select(fault => fault.Target).ToArray(),
            string.Join('\n', run.Faults));
    }

    private static void Compute(TimeSpan time)
    {
        for (var end = Environment.CpuUsage.TotalTime + time; Environment.CpuUsage.TotalTime < end;)
            Thread.SpinWait(1000);
    }
}
