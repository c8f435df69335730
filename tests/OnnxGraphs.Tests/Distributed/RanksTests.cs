using OnnxGraphs.Distributed;

namespace OnnxGraphs.Tests.Distributed;

[TestClass]
public sealed class RanksTests
{
    [TestMethod]
    public void ThreadsSumAndShare()
    {
        var all = ThreadRanks.Run(3, ranks =>
        {
            float[] values = [ranks.Rank, 10 * ranks.Rank];
            ranks.Sum(values);
            return (Sum: values, Any: ranks.Any(ranks.Rank == 2), None: ranks.Any(false), Number: ranks.OfFirst(7 + ranks.Rank),
                Text: ranks.OfFirst($"rank {ranks.Rank} ä"), First: ranks.IsFirst());
        });
        foreach (var (rank, found) in all.Index())
        {
            CollectionAssert.AreEqual(new float[] { 3, 30 }, found.Sum);
            Assert.AreEqual((true, false, 7, "rank 0 ä", rank == 0), (found.Any, found.None, found.Number, found.Text, found.First));
        }
    }

    [TestMethod]
    public void Rank0GathersBytesOfAnyLength()
    {
        var all = ThreadRanks.Run(3, ranks => ranks.Gather(Enumerable.Repeat((byte)(7 + ranks.Rank), 2 * ranks.Rank).ToArray()));
        Assert.HasCount(3, all[0]);
        foreach (var (rank, bytes) in all[0].Index())
            CollectionAssert.AreEqual(Enumerable.Repeat((byte)(7 + rank), 2 * rank).ToArray(), bytes);
        Assert.IsEmpty(all[1]);
        CollectionAssert.AreEqual(new byte[] { 1, 2 }, Assert.ContainsSingle(new SingleRank().Gather([1, 2])));
    }

    // The others wait for a sum that never comes.
    [TestMethod]
    [Timeout(30_000, CooperativeCancellation = false)]
    public void AThreadThatFailsEndsTheOthers()
    {
        var error = Assert.ThrowsExactly<InvalidDataException>(() => ThreadRanks.Run(3, ranks =>
        {
            if (ranks.Rank == 1)
                throw new InvalidDataException("rank 1 read nothing");
            ranks.Wait();
            return 0;
        }));
        Assert.AreEqual("rank 1 read nothing", error.Message);
    }

    // All threads of a process may run on the same processors.
    [TestMethod]
    public void RanksOfAMachineShareItsProcessors()
    {
        var hosts = ThreadRanks.Run(2, RankHost.Of);
        CollectionAssert.AreEqual(new[] { 0, 1 }, hosts.Select(host => host.Rank).ToArray());
        foreach (var host in hosts)
            Assert.IsTrue(host.Threads >= 1 && host.Threads <= Math.Max(1, (Environment.ProcessorCount + 1) / 2), $"{host}");
    }
}
