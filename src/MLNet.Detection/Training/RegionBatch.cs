using System.Runtime.InteropServices;
using MLNet.Detection.Boxes;
using MLNet.Detection.Heads;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Training;

/// <summary>The regions of a step's second stage, written where the step reads them.</summary>
internal static class RegionBatch
{
    /// <summary>Writes the regions of an image, each for the map that it belongs to; places behind them do not count.</summary>
    public static void Write(Batch batch, int image, ChosenRegions chosen)
    {
        var labels = batch.Part<long>(RegionInputs.Labels, image);
        var targets = MemoryMarshal.Cast<float, BoxDelta>(batch.Part<float>(RegionInputs.Targets, image));
        labels.Fill(-1);
        targets.Clear();
        chosen.Targets.CopyTo(targets);
        for (var i = 0; i < chosen.Labels.Length; i++)
            labels[i] = chosen.Labels[i];
        for (var level = 0; batch.Has(RegionNetwork.RegionsOf(level)); level++)
        {
            var regions = MemoryMarshal.Cast<float, Box>(batch.Part<float>(RegionNetwork.RegionsOf(level), image));
            regions.Fill(ChosenRegions.Elsewhere);
            for (var i = 0; i < chosen.Boxes.Length; i++)
                if (chosen.Levels[i] == level)
                    regions[i] = chosen.Boxes[i];
        }
        if (!batch.Has(RegionInputs.Places))
            return;
        var places = MemoryMarshal.Cast<float, Box>(batch.Part<float>(RegionInputs.Places, image));
        places.Fill(new(0, 0, 1, 1));
        chosen.Boxes.CopyTo(places);
    }
}
