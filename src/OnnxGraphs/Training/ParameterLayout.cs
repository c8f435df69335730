using OnnxGraphs.Graphs;
using OnnxGraphs.Models;

namespace OnnxGraphs.Training;

/// <summary>The order of named parameters in one flat vector.</summary>
/// <param name="Entries">Parameters in the order of the vector.</param>
public sealed record ParameterLayout(IReadOnlyList<ParameterEntry> Entries)
{
    /// <summary>Elements of the flat vector.</summary>
    public long Size => Entries.Sum(entry => entry.Shape.Size);

    /// <summary>The layout of the given initializers of a model.</summary>
    public static ParameterLayout Of(OnnxModel model, IReadOnlyList<string> names)
    {
        var (stored, offset, entries) = (model.Initializers, 0L, new List<ParameterEntry>());
        foreach (var name in names)
        {
            var entry = new ParameterEntry(name, new([.. stored[name].Dims]), offset);
            entries.Add(entry);
            offset += entry.Shape.Size;
        }
        return new(entries);
    }

    /// <summary>The flat vector of a model's current weights.</summary>
    public float[] Gather(OnnxModel model)
    {
        var vector = new float[Size];
        Gather(model, vector);
        return vector;
    }

    internal void Gather(OnnxModel model, Span<float> vector)
    {
        var weights = new StoredWeights(model);
        foreach (var entry in Entries)
            weights.Read(entry.Name, vector.Slice((int)entry.Offset, (int)entry.Shape.Size));
    }

    /// <summary>A copy of the model with its weights taken from the flat vector; all else stays as it was.</summary>
    public OnnxModel Scatter(ReadOnlySpan<float> vector, OnnxModel model)
    {
        var copy = model.Clone();
        var weights = new StoredWeights(copy);
        foreach (var entry in Entries)
            weights.Write(entry.Name, vector.Slice((int)entry.Offset, (int)entry.Shape.Size));
        return copy;
    }
}
