using MLNet.Detection.Boxes;
using MLNet.Detection.Scoring;

namespace MLNet.Detection.Tests.Scoring;

/// <summary>The best candidates of each group, beside a stable sort of all of them.</summary>
[TestClass]
public class CandidateTests
{
    private const int Classes = 3;
    private static readonly int[] Levels = [700, 0, 213, 1];

    [TestMethod]
    [DataRow(1)]
    [DataRow(7)]
    [DataRow(40)]
    [DataRow(699)]
    [DataRow(5000)]
    public void TheBestOfEachGroupStay(int most)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var scores = Scores(seed);
            var boxes = Enumerable.Range(0, scores.Length / Classes).Select(row => new Box(row, 0, row + 0.5f, 1)).ToArray();
            foreach (var (group, background) in new (CandidateGroup, int?)[]
                { (CandidateGroup.Class, null), (CandidateGroup.Class, 1), (CandidateGroup.Level, null), (CandidateGroup.Level, 2) })
            {
                var decoder = new DetectionDecoder
                {
                    Activation = ClassActivation.None, BackgroundClass = background, ScoreThreshold = 0.3f, IouThreshold = 1,
                    MaxCandidates = most, CandidateGroup = group, MaxDetections = int.MaxValue, Clip = false,
                };
                var found = decoder.Select(scores, boxes, boxes.Length, 1000, 1, Levels);
                var expected = Expected(scores, decoder);
                CollectionAssert.AreEqual(expected, found.Select(o => ((int)o.Box.X0, o.Class, o.Score)).ToArray(),
                    $"seed {seed}, {most} of a {group}, background {background}");
            }
        }
    }

    private static (int Row, int Class, float Score)[] Expected(float[] scores, DetectionDecoder decoder)
    {
        var level = Levels.SelectMany((count, i) => Enumerable.Repeat(i, count)).ToArray();
        var all = scores.Select((score, i) => (Row: i / Classes, Class: i % Classes, Score: score))
            .Where(c => c.Score > decoder.ScoreThreshold && c.Class != decoder.BackgroundClass);
        var groups = decoder.CandidateGroup == CandidateGroup.Class ? all.GroupBy(c => c.Class).OrderBy(g => g.Key)
            : all.GroupBy(c => level[c.Row]).OrderBy(g => g.Key);
        return [.. groups.SelectMany(g => g.OrderByDescending(c => c.Score).Take(decoder.MaxCandidates))
            .OrderByDescending(c => c.Score)];
    }

    // Many are equal, some are none.
    private static float[] Scores(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Levels.Sum() * Classes)
            .Select(_ => random.Next(50) == 0 ? float.NaN : random.Next(2 + 30 * seed) / (2f + 30 * seed))];
    }
}
