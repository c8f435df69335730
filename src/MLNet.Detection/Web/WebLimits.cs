using MLNet.Detection.Training;
using OnnxGraphs.Precision;

namespace MLNet.Detection.Web;

/// <summary>Refuses what a page would silently leave out.</summary>
internal static class WebLimits
{
    public static void Check(FineTuneTrainer.Options given, WebTrainerOptions options)
    {
        Require(given.Augmentations.Count == 0, nameof(given.Augmentations), "none: a page only mirrors its pictures");
        Require(given.Mix is null, nameof(given.Mix), "null: a page only mirrors its pictures");
        Require(given.Sampler is null, nameof(given.Sampler), "null: a page shuffles and mirrors by its own numbers");
        Require(given.Precision == StepPrecision.Float32, nameof(given.Precision), "Float32");
        Require(given.ResumeFrom is null, nameof(given.ResumeFrom), "null: a page begins with the detector's weights");
        if (options.Pictures < 1)
            throw new ArgumentException($"{nameof(options.Pictures)} is {options.Pictures}; expected at least 1.");
        if (options.HeldOut < 0)
            throw new ArgumentException($"{nameof(options.HeldOut)} is {options.HeldOut}; expected 0 or more.");
    }

    private static void Require(bool holds, string option, string expected)
    {
        if (!holds)
            throw new ArgumentException($"Options.{option} is set; for a page that trains expected {expected}.");
    }
}
