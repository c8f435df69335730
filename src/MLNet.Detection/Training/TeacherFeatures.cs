using MLNet.Detection.Detectors;
using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Training;

/// <summary>
/// The maps that the last convolutions of a head read, which a student can follow too: hints, as of FitNets (Romero et al. 2015,
/// https://arxiv.org/abs/1412.6550). The difference is measured beside the maps themselves, sum (s - t)^2 / sum t^2, so
/// that it does not depend on how large a network's numbers are; the mean over the maps.
/// </summary>
internal static class TeacherFeatures
{
    /// <summary>Their names, in the order of the head's values.</summary>
    public static IReadOnlyList<string> Of(DetectorModel detector)
    {
        var producers = detector.Model.Producers;
        return [.. detector.RawValues.SelectMany(value => HeadMaps.Behind(detector.Model, value))
            .Select(map => producers[map].Input[0]).Distinct()];
    }

    /// <summary>How far the student's maps are from the teacher's, 0 where they are equal.</summary>
    /// <param name="student">The student, for messages.</param>
    /// <param name="own">Its maps, [B, C, H, W] each.</param>
    /// <param name="taught">The teacher's.</param>
    /// <param name="shown">1 for places of the batch with a picture, else 0: [B].</param>
    /// <exception cref="ArgumentException">A map has another shape than the teacher's.</exception>
    public static Var Term(DetectorModel student, IReadOnlyList<Var> own, IReadOnlyList<Var> taught, Var shown)
    {
        if (own.Zip(taught).FirstOrDefault(pair => pair.First.Shape != pair.Second.Shape) is (not null, not null) and var (map, target))
            throw new ArgumentException($"Options.{nameof(FineTuneTrainer.Options.Teacher)}: the map '{map}' of {student.Model.Path} is "
                + $"{map.Shape}, the teacher's {target.Shape}; expected equal maps, or {nameof(DetectorTeacher.FeatureWeight)} 0.");
        var differences = own.Zip(taught, (map, target) => Difference(map, target, Op.Unsqueeze(shown, 1, 2, 3)));
        return Op.Reshape(differences.Aggregate((sum, one) => sum + one), 1) / own.Count;
    }

    private static Var Difference(Var own, Var target, Var shown)
    {
        var difference = (own - target) * shown;
        var energy = Op.SumOverParts(Op.SumAll(target * target * shown));
        return Op.SumAll(difference * difference) / Op.Max(energy, energy.Like(1e-12f));
    }
}
