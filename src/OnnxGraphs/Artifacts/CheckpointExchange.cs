using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Training;

namespace OnnxGraphs.Artifacts;

/// <summary>Between this library's checkpoints and those of the official training runtime, both ways.</summary>
public static class CheckpointExchange
{
    private const float RuntimeLearningRate = 1e-3f;

    /// <summary>The official form, optimiser state and notes included.</summary>
    /// <exception cref="ModelException">The checkpoint was written with another optimiser.</exception>
    public static OrtCheckpoint ToOrt(this Checkpoint checkpoint, Optimizer optimizer)
    {
        var slots = TrainingGraph.SlotVectors(optimizer);
        checkpoint.CheckFits(checkpoint.Layout, [TrainingGraph.Parameters, .. slots]);
        var entries = checkpoint.Layout.Entries;
        var momentums = slots.Count == 0 ? [] : entries.ToDictionary(entry => entry.Name,
            entry => (IReadOnlyList<Tensor>)[.. slots.Select(slot => Piece(checkpoint.Vectors[slot], entry))]);
        var weights = checkpoint.Vectors[TrainingGraph.Parameters];
        return new(entries.ToDictionary(entry => entry.Name, entry => Piece(weights, entry)))
        {
            Optimizer = new(checkpoint.Step, RuntimeLearningRate, momentums),
            Properties = checkpoint.Notes.ToDictionary(note => note.Key, note => (object)note.Value),
        };
    }

    /// <summary>
    /// This library's form, to go on with a <see cref="TrainingRun"/>. Where the optimiser's state was not saved,
    /// steps count from 0 and moments are zero.
    /// </summary>
    /// <param name="checkpoint">The official checkpoint.</param>
    /// <param name="layout">Names and shapes of the trained weights.</param>
    /// <param name="optimizer">The optimiser that goes on.</param>
    /// <exception cref="ModelException">A weight is missing, or has another shape.</exception>
    public static Checkpoint ToCheckpoint(this OrtCheckpoint checkpoint, ParameterLayout layout, Optimizer optimizer)
    {
        var state = checkpoint.Optimizer
            ?? new(0, RuntimeLearningRate, new Dictionary<string, IReadOnlyList<Tensor>>());
        var vectors = new Dictionary<string, float[]>
        {
            [TrainingGraph.Parameters] = Flat(layout, name => checkpoint.Trained.GetValueOrDefault(name)),
        };
        foreach (var (i, slot) in TrainingGraph.SlotVectors(optimizer).Index())
            vectors[slot] = state.Momentums.Count == 0 ? new float[layout.Size]
                : Flat(layout, name => state.Momentums.GetValueOrDefault(name)?.ElementAtOrDefault(i));
        var notes = checkpoint.Properties.Where(pair => pair.Value is string);
        return new((int)state.Step, layout, vectors)
        {
            Notes = notes.ToDictionary(pair => pair.Key, pair => (string)pair.Value),
        };
    }

    private static Tensor Piece(float[] vector, ParameterEntry entry) =>
        Tensor.Of<float>(entry.Shape, vector.AsSpan((int)entry.Offset, (int)entry.Shape.Size));

    private static float[] Flat(ParameterLayout layout, Func<string, Tensor?> find)
    {
        var vector = new float[layout.Size];
        foreach (var entry in layout.Entries)
        {
            var tensor = find(entry.Name);
            if (tensor is not { Type: ElementType.Float32 } || tensor.Shape != entry.Shape)
                throw new ModelException($"The official checkpoint has {(tensor is null ? "nothing"
                    : $"{tensor.Type} {tensor.Shape}")} for '{entry.Name}', expected Float32 {entry.Shape}; take the "
                    + "checkpoint of the same model, frozen weights and optimiser.");
            tensor.Values<float>().CopyTo(vector.AsSpan((int)entry.Offset));
        }
        return vector;
    }
}
