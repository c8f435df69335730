using System.Runtime.InteropServices;
using MLNet.Detection.Boxes;
using MLNet.Detection.Heads;
using MLNet.Detection.Images;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Detectors;

/// <summary>
/// Whether both stages of a detector mean here what they mean in its file: of a picture of noise, the regions that the
/// file
/// chooses are proposals here, and the class logits of these regions are those of the file.
/// </summary>
internal static class StageCheck
{
    private const float LeastShare = 0.95f, LeastOverlap = 0.99f, Tolerance = 1e-3f;

    /// <summary>Compares.</summary>
    /// <exception cref="ModelException">They differ; the message says by what.</exception>
    /// <returns>The values that agree.</returns>
    public static (string? Boxes, string? Scores) Demand(DetectorModel detector, TwoStageHead head)
    {
        var input = ImageInput.Read(detector.Model, (detector.Resize.Width, detector.Resize.Height));
        var run = Subgraph.Run(RegionLimits.WithoutScore(detector.Model),
            new Dictionary<string, Tensor> { [input.Name] = input.Probe },
            [.. head.Objectness, .. head.Deltas, head.RegionValue, detector.ClassValue]);
        var regions = BoxConversion.ToBoxes(run[head.RegionValue].Values<float>(), BoxFormat.Xyxy);
        if (regions.Length > 0)
        {
            DemandProposals(detector, head, regions, run);
            DemandLogits(detector, head, input, regions, run[detector.ClassValue].Values<float>());
        }
        return (head.RegionValue, detector.ClassValue);
    }

    /// <summary>Compares what two files find in a picture of noise.</summary>
    /// <exception cref="ModelException">They find other objects.</exception>
    public static void DemandSame(DetectorModel saved, DetectorModel trained, DetectionOutputs outputs)
    {
        var (found, own) = (Run(saved), Run(trained));
        if (found.Length != own.Length || found.Zip(own).Any(pair => !(Math.Abs(pair.First - pair.Second)
            <= Tolerance * (1 + Math.Abs(pair.Second)))))
            throw new ModelException($"{saved.Model.Path}: the saved file finds other objects than the detector that was "
                + "trained; please report it with the file that the training began from.");

        float[] Run(DetectorModel detector)
        {
            var input = ImageInput.Read(detector.Model, (detector.Resize.Width, detector.Resize.Height));
            var run = Subgraph.Run(RegionLimits.WithoutScore(detector.Model),
                new Dictionary<string, Tensor> { [input.Name] = input.Probe }, [outputs.Boxes, outputs.Scores]);
            return [.. run[outputs.Boxes].Values<float>(), .. run[outputs.Scores].Values<float>()];
        }
    }

    private static void DemandProposals(
        DetectorModel detector, TwoStageHead head, Box[] regions, IReadOnlyDictionary<string, Tensor> run)
    {
        float[] Rows(IReadOnlyList<string> names) => [.. names.SelectMany(name => run[name].Values<float>().ToArray())];
        var sample = new Sample("", 0, [], [], [], [], ResizeTransform.Identity);
        var everything = head with { Regions = int.MaxValue, Proposals = head.Proposals with { ScoreThreshold = 0 } };
        var own = everything.Chooser(detector)!(sample, [Rows(head.Objectness), Rows(head.Deltas)]).Boxes;
        var missing = regions.Where(region => !own.Any(box =>
            BoxOverlap.IntersectionOverUnion(box, region) >= LeastOverlap)).ToList();
        if (missing.Count > (1 - LeastShare) * regions.Length)
            throw new ModelException($"{detector.Model.Path}: of {regions.Length} regions that the file chooses in a picture of "
                + $"noise, {missing.Count} are not proposed here, such as {missing[0]}; its first stage means something else "
                + "than that of Faster R-CNN, and cannot be trained.");
    }

    private static void DemandLogits(
        DetectorModel detector, TwoStageHead head, ImageInput input, Box[] regions, ReadOnlySpan<float> expected)
    {
        var network = (head with { Regions = regions.Length }).Network(detector, detector.Model, 1)!;
        var feeds = new Dictionary<string, Tensor>
        {
            [input.Name] = input.Probe with { Shape = new(1, 3, input.Height, input.Width) },
        };
        for (var level = 0; level < head.Levels.Count; level++)
            feeds[RegionNetwork.RegionsOf(level)] = Tensor.Of<float>(new(regions.Length, 4),
                MemoryMarshal.Cast<Box, float>(head.RegionsOf(level, regions)));
        var found = Subgraph.Run(network, feeds, [detector.ClassValue])[detector.ClassValue].Values<float>();
        var (columns, wrong) = (head.ClassColumns, new List<int>());
        for (var i = 0; i < expected.Length; i++)
            if (!(Math.Abs(found[i] - expected[i]) <= Tolerance * (1 + Math.Abs(expected[i]))))
                wrong.Add(i);
        if (wrong.Select(i => i / columns).Distinct().Count() > (1 - LeastShare) * regions.Length)
            throw new ModelException($"{detector.Model.Path}: the second stage gives region {regions[wrong[0] / columns]} of a "
                + $"picture of noise the logit {expected[wrong[0]]}, computed here it is {found[wrong[0]]}; the model cannot be "
                + "trained as a two-stage detector.");
    }
}
