using MLNet.Detection.Images;
using MLNet.Detection.Matching;
using MLNet.Detection.Scoring;
using MLNet.Detection.Training;
using OnnxGraphs.Graphs;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Training;

namespace MLNet.Detection.Web;

/// <summary>Fills the manifest from what the library knows.</summary>
internal static class WebManifests
{
    // Steps on a few pictures of one's own must not undo what many pictures taught.
    private const float OwnPart = 0.25f;

    public static WebManifest Of(
        FineTuneTrainer.Options given, WebModels models, WebData data, string runtime, string id)
    {
        var detector = given.Detector;
        var coder = detector.Decoder.Coder;
        return new()
        {
            Id = id,
            Runtime = runtime,
            Classes = detector.Classes,
            Input = Input(detector.Resize, detector.Normalization),
            Step = Step(given, models.Step, data.Train.Count),
            Matcher = Match(WebModels.Head(given).EffectiveMatcher),
            Coder = [coder.WeightX, coder.WeightY, coder.WeightWidth, coder.WeightHeight],
            Decoder = Decode(detector.Decoder),
            Weights = models.Weights,
            Data = data,
        };
    }

    private static WebInput Input(ImageResize size, Normalization pixels) => new(size.Width, size.Height,
        pixels.Order switch { ChannelOrder.Rgb => "rgb", ChannelOrder.Bgr => "bgr", _ => "grey" },
        [pixels.Mean.Red, pixels.Mean.Green, pixels.Mean.Blue], [pixels.Std.Red, pixels.Std.Green, pixels.Std.Blue],
        size.Mode != ResizeMode.Stretch, size.Fill);

    private static WebStep Step(FineTuneTrainer.Options given, TrainingGraph step, int pictures)
    {
        var perEpoch = (pictures + given.BatchSize - 1) / given.BatchSize;
        var schedule = new LearningRateSchedule(given.LearningRate, (int)MathF.Round(given.WarmUpEpochs * perEpoch),
            given.Epochs * perEpoch, given.Decay);
        var average = step.Vectors.ToList().IndexOf(TrainingGraph.Average);
        return new(given.BatchSize, given.Detector.InputName, [.. step.Step.Inputs.Select(input => input.Name)],
            [.. step.Vectors.Select(name => new WebVector(name, step.Layout.Size,
                name is TrainingGraph.Parameters or TrainingGraph.Average))],
            Math.Max(0, average), [.. Enumerable.Range(0, schedule.Steps).Select(schedule.At)],
            OwnPart * given.LearningRate, ClassType(step), given.Seed);
    }

    private static string ClassType(TrainingGraph step) => step.Data.Single(input => input.Name == DetectionTask.Classes).Type
        == ElementType.Int64 ? "int64" : "int32";

    private static WebMatcher Match(Matcher matcher) => matcher switch
    {
        SsdMatcher ssd => new("ssd", ssd.Threshold, ssd.Threshold, true, ssd.MatchWithoutOverlap, ssd.IgnoredRegionOverlap),
        ThresholdMatcher two => new("threshold", two.High, two.Low, two.AllowLowQualityMatches, two.MatchWithoutOverlap,
            two.IgnoredRegionOverlap),
        _ => throw new ArgumentException($"Options.Matcher is {matcher}; a page has {nameof(SsdMatcher)} and "
            + $"{nameof(ThresholdMatcher)}."),
    };

    private static WebDecoder Decode(DetectionDecoder decoder) => new(decoder.BackgroundClass, decoder.ScoreThreshold,
        decoder.IouThreshold, decoder.MaxCandidates, decoder.CandidateGroup == CandidateGroup.Class,
        decoder.MaxDetections, decoder.Clip, decoder.MinSize);
}
