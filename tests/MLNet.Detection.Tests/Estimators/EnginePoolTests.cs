using System.Collections.Concurrent;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Estimators;

namespace MLNet.Detection.Tests.Estimators;

/// <summary>Engines of a pool, as services keep them, over one transformer.</summary>
[TestClass]
public sealed class EnginePoolTests
{
    private const int Threads = 64, Each = 8;

    [TestMethod]
    public void Many_threads_find_what_one_finds()
    {
        var ml = new MLContext(seed: 1);
        byte[][] files = [.. Enumerable.Range(0, 7).Select(TinyDetector.Noise)];
        using var detector = new DetectorTransformer(TinyDetector.Model);
        using var first = Engine();
        var expected = files.Select(file => first.Predict(new() { Image = file })).ToList();
        Assert.IsTrue(expected.Any(found => found.Score.Length > 0));
        var (pool, errors, together) = (new ConcurrentBag<PredictionEngine<Picture, Found>>(), new ConcurrentQueue<Exception>(),
            new Barrier(Threads));
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(number => new Thread(() => Ask(number)))];
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();
        foreach (var engine in pool)
            engine.Dispose();
        Assert.IsEmpty(errors, errors.FirstOrDefault()?.ToString() ?? "");

        PredictionEngine<Picture, Found> Engine() => ml.Model.CreatePredictionEngine<Picture, Found>(
            detector, new PredictionEngineOptions { OwnsTransformer = false });

        void Ask(int number)
        {
            together.SignalAndWait();
            for (var i = number; i < number + Each; i++)
                try
                {
                    var engine = pool.TryTake(out var free) ? free : Engine();
                    var found = engine.Predict(new() { Image = files[i % files.Length] });
                    CollectionAssert.AreEqual(expected[i % files.Length].Score, found.Score);
                    CollectionAssert.AreEqual(expected[i % files.Length].PredictedBoundingBoxes, found.PredictedBoundingBoxes);
                    CollectionAssert.AreEqual(expected[i % files.Length].PredictedLabel, found.PredictedLabel);
                    pool.Add(engine);
                }
                catch (Exception error)
                {
                    errors.Enqueue(error);
                }
        }
    }

    private sealed class Picture
    {
        public byte[] Image { get; set; } = [];
    }

    private sealed class Found
    {
        public uint[] PredictedLabel { get; set; } = [];

        public float[] PredictedBoundingBoxes { get; set; } = [];

        public float[] Score { get; set; } = [];
    }
}
