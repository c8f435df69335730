using System.CommandLine;
using MLNet.Detection.Tool.Terminal;

namespace MLNet.Detection.Tool.Training;

/// <summary>Refuses options that would do nothing beside the others.</summary>
internal static class OptionUse
{
    /// <exception cref="ArgumentException">An option was given without the one that it belongs to.</exception>
    public static void Check(ParseResult given, Settings settings)
    {
        bool Given(Option option) => given.GetResult(option) is { Implicit: false };
        Verb.Needs(given, settings.Teacher, settings.Distill, settings.DistillFeatures, settings.Temperature);
        Verb.Needs(given, settings.Average, settings.AverageRamp);
        Verb.Needs(given, settings.Anchors, settings.AnchorFormat);
        if (Given(settings.Train) && Given(settings.DemoImages))
            throw new ArgumentException("--demo-images is for generated pictures, but --train names a data set; leave one out.");
        if (given.GetValue(settings.Resume) is { } resumed && given.GetValue(settings.Output) is { } output
            && Path.GetFullPath(resumed) != Path.GetFullPath(output))
            throw new ArgumentException($"--resume goes on in {resumed}, but --output names {output}; leave --output out, or copy the folder first.");
        if (given.GetValue(settings.Task) != "segment" && ((Option[])[settings.MapOutput, settings.Background, settings.Tiles,
            settings.Masks, settings.Classes, settings.Objects, settings.PartObjects, settings.Balance]).FirstOrDefault(Given) is { } maps)
            throw new ArgumentException($"{maps.Name} is for segmentation; give --task segment, or leave it out.");
    }
}
