using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using MLNet.Detection.Boxes;
using MLNet.Detection.Matching;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Models;
using OnnxGraphs.Runtime;

namespace MLNet.Detection.Tests.Matching;

/// <summary>The match inside the graph gives what the matchers and the coder of the estimators give.</summary>
[TestClass]
public sealed class JaccardMatchTests
{
    private const int Images = 4, Anchors = 300, Room = 7;

    private readonly Random _random = new(3);

    [TestMethod]
    [DataRow(0.5f)]
    [DataRow(0.2f)]
    public void MatchesAsTheSsdMatcher(float threshold) => Compare(new(threshold), new SsdMatcher(threshold));

    [TestMethod]
    public void MatchesAsTheThresholdMatcher() => Compare(new() { LowThreshold = 0.4f, ForceBest = false },
        new ThresholdMatcher(0.5f, 0.4f, AllowLowQualityMatches: false));

    private void Compare(JaccardMatch match, Matcher matcher)
    {
        Box[] anchors = [.. Enumerable.Range(0, Anchors).Select(_ => Next())];
        Box[][] truths = [.. Enumerable.Range(0, Images).Select(image =>
            Enumerable.Range(0, image * 2).Select(_ => Next()).ToArray())];
        var (classes, boxes) = Run(match, truths, anchors);
        var positives = 0;
        for (var image = 0; image < Images; image++)
        {
            var matches = matcher.Match(truths[image], anchors);
            CollectionAssert.AreEqual(matches.Select(m => m < 0 ? m : 10L + m).ToArray(), classes[image]);
            positives += matches.Count(m => m >= 0);
            var deltas = new BoxDelta[Anchors];
            BoxCoder.FromVariances().EncodeMatches(truths[image], matches, anchors, deltas);
            double[] expected = [.. MemoryMarshal.Cast<BoxDelta, float>(deltas).ToArray().Select(d => (double)d)];
            Close.To(expected, boxes[image], 1e-5, $"image {image}");
        }
        Assert.IsGreaterThan(20, positives);
    }

    private static (long[][] Classes, float[][] Boxes) Run(JaccardMatch match, Box[][] truths, Box[] anchors)
    {
        var (corners, labels) = (new float[Images * Room * 4], new long[Images * Room]);
        Array.Fill(labels, -1);
        for (var image = 0; image < Images; image++)
            for (var i = 0; i < truths[image].Length; i++)
            {
                var row = image * Room + i;
                MemoryMarshal.Cast<Box, float>(truths[image].AsSpan(i, 1)).CopyTo(corners.AsSpan(4 * row));
                labels[row] = 10 + i;
            }
        var graph = new Graph();
        var targets = match.Of(graph.Input("truths", Images, Room, 4),
            graph.Input("labels", ElementType.Int64, new(Images, Room)),
            graph.Constant(Tensor.Of<float>(new(Anchors, 4), MemoryMarshal.Cast<Box, float>(anchors))));
        using var session = new InferenceSession(GraphWriter.Write([targets.Classes, targets.Boxes]).ToBytes());
        using var run = new RunOptions();
        var feeds = new Dictionary<string, OrtValue>
        {
            ["truths"] = HostTensors.Write(Tensor.Of<float>(new(Images, Room, 4), corners)),
            ["labels"] = HostTensors.Write(Tensor.Of<long>(new(Images, Room), labels)),
        };
        using var results = session.Run(run, feeds, [.. session.OutputNames]);
        return ([.. HostTensors.Read(results[0]).Values<long>().ToArray().Chunk(Anchors)],
            [.. HostTensors.Read(results[1]).Values<float>().ToArray().Chunk(4 * Anchors)]);
    }

    private Box Next() => Box.FromXywh(100 * _random.NextSingle(), 100 * _random.NextSingle(),
        10 + 50 * _random.NextSingle(), 10 + 50 * _random.NextSingle());
}
