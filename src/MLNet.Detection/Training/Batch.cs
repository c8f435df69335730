using System.Runtime.InteropServices;
using MLNet.Detection.Boxes;
using MLNet.Detection.Heads;
using MLNet.Detection.Matching;
using OnnxGraphs.Surgery;
using OnnxGraphs.Training;

namespace MLNet.Detection.Training;

/// <summary>
/// The data of one training step, written where the step reads it: into a set of the run's inputs. A place without an
/// image has zero pixels and only ignored anchors.
/// </summary>
/// <param name="run">The run.</param>
/// <param name="images">Name of the input with the pixels.</param>
/// <param name="set">Which of the run's sets of inputs.</param>
internal sealed class Batch(ITrainingRun run, string images, int set)
{
    // [places, 3, height, width], [places, anchors], [places, anchors, box columns]
    private readonly int _places = (int)Shape(run, TrainingInputs.Classes)[0];

    /// <summary>Which of the run's sets of inputs it lies in.</summary>
    public int Set => set;

    /// <summary>The step that it is for.</summary>
    public BatchPlan Plan { get; private set; } = new(0, 0, [], false);

    /// <summary>The images, as they were changed.</summary>
    public IReadOnlyList<Sample> Samples { get; private set; } = [];

    /// <summary>How long the step waited for it.</summary>
    public TimeSpan Waited { get; set; }

    /// <summary>The pixels of an image.</summary>
    public Span<float> PixelsOf(int image) => Part<float>(images, image);

    /// <summary>Takes other images and empties the places behind them.</summary>
    public void Reset(BatchPlan plan, IReadOnlyList<Sample> samples)
    {
        (Plan, Samples) = (plan, samples);
        for (var place = samples.Count; place < _places; place++)
        {
            PixelsOf(place).Clear();
            Part<float>(TrainingInputs.Boxes, place).Clear();
            Part<long>(TrainingInputs.Classes, place).Fill(Matcher.Ignored);
            if (run.Data.Any(input => input.Name == RegionInputs.Labels))
                Write(ChosenRegions.None, place);
        }
        if (run.Data.Any(input => input.Name == TrainingInputs.Images))
            run.Input<float>(TrainingInputs.Images, set)[0] = samples.Count;
        if (run.Data.Any(input => input.Name == TrainingInputs.Objects))
            run.Input<float>(TrainingInputs.Objects, set)[0] = samples.Sum(sample => sample.Truths.Length);
    }

    /// <summary>Writes the targets of an image.</summary>
    public void Write(TargetWriter write, int image, IReadOnlyList<ReadOnlyMemory<float>> predicted) =>
        write(Samples[image], predicted, Part<long>(TrainingInputs.Classes, image),
            Part<float>(TrainingInputs.Boxes, image));

    /// <summary>Writes the regions of an image, each for the map that it belongs to.</summary>
    public void Write(ChosenRegions chosen, int image)
    {
        var labels = Part<long>(RegionInputs.Labels, image);
        var targets = MemoryMarshal.Cast<float, BoxDelta>(Part<float>(RegionInputs.Targets, image));
        labels.Fill(-1);
        targets.Clear();
        chosen.Targets.CopyTo(targets);
        for (var i = 0; i < chosen.Labels.Length; i++)
            labels[i] = chosen.Labels[i];
        for (var level = 0; run.Data.Any(input => input.Name == RegionNetwork.RegionsOf(level)); level++)
        {
            var regions = MemoryMarshal.Cast<float, Box>(Part<float>(RegionNetwork.RegionsOf(level), image));
            regions.Fill(ChosenRegions.Elsewhere);
            for (var i = 0; i < chosen.Boxes.Length; i++)
                if (chosen.Levels[i] == level)
                    regions[i] = chosen.Boxes[i];
        }
        if (run.Data.Any(input => input.Name == RegionInputs.Places))
        {
            var places = MemoryMarshal.Cast<float, Box>(Part<float>(RegionInputs.Places, image));
            places.Fill(new(0, 0, 1, 1));
            chosen.Boxes.CopyTo(places);
        }
    }

    /// <summary>The rows of an image in a table of predictions for all places.</summary>
    public ReadOnlyMemory<float> Rows(float[] table, int image) =>
        table.AsMemory(image * (table.Length / _places), table.Length / _places);

    private Span<T> Part<T>(string input, int image) where T : unmanaged
    {
        var all = run.Input<T>(input, set);
        return all.Slice(image * (all.Length / _places), all.Length / _places);
    }

    private static OnnxGraphs.Graphs.TensorShape Shape(ITrainingRun run, string input) =>
        run.Data.Single(data => data.Name == input).Shape;
}
