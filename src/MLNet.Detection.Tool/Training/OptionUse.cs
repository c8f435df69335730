using System.CommandLine;
using MLNet.Detection.Tool.Terminal;

namespace MLNet.Detection.Tool.Training;

/// <summary>Refuses options that would do nothing beside the others, and numbers that no training takes.</summary>
internal static class OptionUse
{
    /// <exception cref="ArgumentException">An option was given without the one that it belongs to, or out of its range.</exception>
    public static void Check(ParseResult given, Settings settings)
    {
        CheckNumbers(given, settings);
        var segments = given.GetValue(settings.Task) == "segment";
        foreach (var option in segments ? OfDetectors(settings) : OfMaps(settings))
            if (Verb.IsGiven(given, option))
                throw new ArgumentException(segments ? $"{option.Name} is for detectors; leave it out with --task segment."
                    : $"{option.Name} is for segmentation; give --task segment, or leave it out.");
        Verb.Needs(given, settings.Teacher, settings.Distill, settings.DistillFeatures, settings.Temperature);
        Verb.Needs(given, settings.Average, settings.AverageRamp);
        Verb.Needs(given, settings.Anchors, settings.AnchorFormat);
        if (segments || given.GetValue(settings.Loss) != "focal")
            foreach (var option in new Option[] { settings.Alpha, settings.Gamma })
                if (Verb.IsGiven(given, option))
                    throw new ArgumentException($"{option.Name} does nothing without --loss focal, of a two-stage detector; leave it out.");
        if (given.GetValue(settings.CloseMix) > 0 && !given.GetValue(settings.Augment)!.Intersect(Mixes).Any())
            throw new ArgumentException($"{settings.CloseMix.Name} does nothing without --augment {string.Join(", ", Mixes)}; give one of "
                + "them, or leave it out.");
        if (Verb.IsGiven(given, settings.Train) && Verb.IsGiven(given, settings.DemoImages))
            throw new ArgumentException("--demo-images is for generated pictures, but --train names a data set; leave one out.");
        if (given.GetValue(settings.Resume) is { } resumed && given.GetValue(settings.Output) is { } output
            && Path.GetFullPath(resumed) != Path.GetFullPath(output))
            throw new ArgumentException($"--resume goes on in {resumed}, but --output names {output}; leave --output out, or copy the folder first.");
    }

    private static string[] Mixes => ["mosaic", "mixup", "copypaste"];

    private static void CheckNumbers(ParseResult given, Settings settings)
    {
        foreach (var option in new[] { settings.Epochs, settings.Accumulate, settings.DemoImages })
            Verb.AtLeast(given, option, 1);
        foreach (var option in new[] { settings.FreezeDepth, settings.CloseMix, settings.Threads })
            Verb.AtLeast(given, option, 0);
        foreach (var option in new[] { settings.WarmUp, settings.WeightDecay })
            Verb.AtLeast(given, option, 0f);
        Verb.Positive(given, settings.LearningRate);
    }

    private static Option[] OfMaps(Settings settings) => [settings.MapOutput, settings.Background, settings.Tiles, settings.Masks,
        settings.Classes, settings.Objects, settings.PartObjects, settings.Balance];

    private static Option[] OfDetectors(Settings settings) => [settings.Head, settings.HeadFile, settings.Anchors, settings.AnchorScheme,
        settings.ClassOutput, settings.BoxOutput, settings.FindRate, settings.MultiScale, settings.DistillFeatures];
}
