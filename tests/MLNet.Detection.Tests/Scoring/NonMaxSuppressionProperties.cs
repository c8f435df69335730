using FsCheck.Fluent;
using MLNet.Detection.Boxes;
using MLNet.Detection.Scoring;

namespace MLNet.Detection.Tests.Scoring;

[TestClass]
public sealed class NonMaxSuppressionProperties
{
    private const float Threshold = 0.4f;

    private static readonly FsCheck.Gen<DetectedObject[]> Found = (
        from box in Properties.AnyBox
        from label in Gen.Choose(0, 2)
        from score in Gen.Choose(0, 10)
        select new DetectedObject(box, label, score / 10f)).ArrayOf();

    [TestMethod]
    public void The_best_of_each_class_stays() => Properties.Hold(Found, found =>
        found.GroupBy(d => d.Class).All(group =>
            NonMaxSuppression.Keep(found, Threshold).First(d => d.Class == group.Key).Score
                == group.Max(d => d.Score)));

    [TestMethod]
    public void No_two_that_stay_overlap_and_each_other_overlaps_a_better_one() => Properties.Hold(Found, found =>
    {
        bool Overlap(DetectedObject a, DetectedObject b) => a.Class == b.Class
            && BoxOverlap.IntersectionOverUnion(a.Box, b.Box) > Threshold;
        var indices = NonMaxSuppression.Keep(
            Array.ConvertAll(found, d => d.Box), Array.ConvertAll(found, d => d.Score),
            Array.ConvertAll(found, d => d.Class), Threshold);
        var kept = Array.ConvertAll(indices, i => found[i]);
        var dropped = found.Index().Where(d => !indices.Contains(d.Index)).Select(d => d.Item);
        return kept.Index().All(d => !kept.Take(d.Index).Any(better => Overlap(better, d.Item)))
            && dropped.All(d => kept.Any(better => better.Score >= d.Score && Overlap(better, d)));
    });

    [TestMethod]
    public void Scores_fall_and_a_second_time_changes_nothing() => Properties.Hold(Found, found =>
    {
        var once = NonMaxSuppression.Keep(found, Threshold);
        return once.Zip(once.Skip(1)).All(pair => pair.First.Score >= pair.Second.Score)
            && once.SequenceEqual(NonMaxSuppression.Keep(once, Threshold))
            && NonMaxSuppression.Keep(found, Threshold, 3).SequenceEqual(once.Take(3));
    });
}
