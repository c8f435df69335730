using MLNet.Detection.Anchors;
using MLNet.Detection.Boxes;
using MLNet.Detection.Images;
using MLNet.Detection.Scoring;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Heads;

/// <summary>
/// Finds the two stages of a detector that looks at regions: their layers by structure (<see cref="RegionStage"/>,
/// <see cref="ProposalStage"/>), and what their numbers mean by running the file's own tail on numbers that tell.
/// </summary>
public static class TwoStageFinder
{
    /// <summary>Finds it; null where the model looks at no regions.</summary>
    /// <param name="model">The model.</param>
    /// <param name="input">Its image input.</param>
    /// <exception cref="ModelException">It does, but its parts are not as expected, or ONNX Runtime cannot run
    /// it.</exception>
    public static TwoStageFinding? Find(OnnxModel model, ImageInput input)
    {
        if (!model.Proto.Graph.Node.Any(node => node.OpType == "RoiAlign"))
            return null;
        var feeds = new Dictionary<string, Tensor> { [input.Name] = input.Probe };
        var file = model;
        model = RegionLimits.WithoutScore(model);
        if (RegionStage.Find(model, feeds) is not { } stage)
            return null;
        if (input is not { Type: ElementType.Float32, ChannelsLast: false, Channels: 3 })
            throw new ModelException($"{model.Path}: a two-stage detector is trained with pictures of Float32, colours first; "
                + $"the input '{input.Name}' takes {input.Type} {input.Shape}. Export it with such an input.");
        var proposals = ProposalStage.Find(model, stage.Regions, feeds);
        var planes = StemCut.Candidates(model, input.Name, [.. proposals.Objectness, .. stage.Pools.Select(p => p.Map)])[0];
        var run = Subgraph.Run(model, feeds, [planes, stage.ClassLogits, stage.BoxDeltas]);
        if (run[planes].Shape is not { Rank: 4 } size || size[0] != 1 || size[1] != 3)
            throw new ModelException($"{model.Path}: its first layer reads '{planes}', {run[planes].Shape}, expected "
                + "planes [1, 3, height, width].");
        var anchors = proposals.Deltas.Select(deltas => TailAnchors.Find(model, deltas, input)).ToList();
        var tail = new RegionTail(model, input, stage, (int)run[stage.ClassLogits].Shape[1],
            (int)run[stage.BoxDeltas].Shape[1], (int)size[3], (int)size[2]);
        var outputs = RegionOutputs.Of(tail);
        var head = new TwoStageHead
        {
            Objectness = proposals.Objectness, Deltas = proposals.Deltas, Places = proposals.Places,
            Levels = new RegionBorders(tail).Find(), RegionValue = stage.Regions, Features = stage.Features, Planes = planes,
            PlaneWidth = (int)size[3], PlaneHeight = (int)size[2], ScaleX = outputs.ScaleX, ScaleY = outputs.ScaleY,
            ClassColumns = (int)run[stage.ClassLogits].Shape[1], BackgroundLast = outputs.BackgroundLast,
            ProposalCoder = anchors[0].Coder, FileOutputs = outputs.Names,
            Proposals = Chosen(RegionLimits.Of(file, stage.Regions)),
        };
        string[] own = [outputs.Names.Boxes, outputs.Names.Labels, outputs.Names.Scores];
        return new(head, [.. anchors.SelectMany(level => level.Anchors)], stage.ClassLogits, stage.BoxDeltas, tail.Coder(),
            [.. model.OutputNames.Except(own)]);
    }

    // Of the counts a file has those of detection; while training, more proposals are looked at.
    private static RegionProposals Chosen(RegionLimits limits) => new(2000, 2000, limits.Overlap ?? 0.7f,
        limits.Side ?? 0, limits.Score ?? 0);
}
