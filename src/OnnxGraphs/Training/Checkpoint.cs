using OnnxGraphs.Models;

namespace OnnxGraphs.Training;

/// <summary>
/// All that a run needs to go on bit for bit: the step, the parameters and the optimiser's state. On another number of
/// threads it goes on equal to rounding: ONNX Runtime cuts tensors and adds by it.
/// </summary>
/// <param name="Step">Steps done.</param>
/// <param name="Layout">Where each parameter lies in the vectors.</param>
/// <param name="Vectors">The flat vectors by name, as <see cref="TrainingGraph.Vectors"/> lists them.</param>
public sealed record Checkpoint(int Step, ParameterLayout Layout, IReadOnlyDictionary<string, float[]> Vectors)
{
    private const string StepKey = "step", LayoutKey = "layout";

    /// <summary>What the caller adds: settings to compare on resume.</summary>
    public IReadOnlyDictionary<string, string> Notes { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Writes a safetensors file: first beside the place, then moved, so that an older checkpoint survives a full disk.
    /// </summary>
    /// <exception cref="ModelException">The file cannot be written.</exception>
    public void Save(string path) =>
        SafeTensors.Write(path, [.. Vectors.Select(StoredVector.Of)], Metadata(Step, Layout, Notes));

    /// <summary>What the file says beside the vectors.</summary>
    internal static IReadOnlyDictionary<string, string> Metadata(
        int step, ParameterLayout layout, IReadOnlyDictionary<string, string> notes) =>
        new Dictionary<string, string>(notes) { [StepKey] = $"{step}", [LayoutKey] = LayoutText(layout) };

    /// <summary>Reads a checkpoint.</summary>
    /// <exception cref="ModelException">The file is missing, damaged, or no checkpoint.</exception>
    public static Checkpoint Load(string path)
    {
        var (vectors, metadata) = SafeTensors.Read(path);
        if (!metadata.TryGetValue(StepKey, out var step) || !int.TryParse(step, out var number)
            || !metadata.TryGetValue(LayoutKey, out var layout))
            throw new ModelException($"{path}: a safetensors file, but no checkpoint of a training run.");
        var notes = metadata.Where(pair => pair.Key is not (StepKey or LayoutKey)).ToDictionary();
        var parsed = ParseLayout(layout)
            ?? throw new ModelException($"{path}: its list of parameters is damaged; resume from another one.");
        return new(number, parsed, vectors) { Notes = notes };
    }

    internal void CheckFits(ParameterLayout layout, IReadOnlyList<string> vectors)
    {
        if (!Layout.Entries.SequenceEqual(layout.Entries))
            throw new ModelException(
                $"The checkpoint holds {Layout.Entries.Count} parameters of {Layout.Size} numbers, the model to train "
                + $"{layout.Entries.Count} of {layout.Size}, or other names; resume with the same model, classes and "
                + "frozen weights.");
        if (vectors.Contains(TrainingGraph.LossScale) != Vectors.ContainsKey(TrainingGraph.LossScale))
            throw new ModelException("The checkpoint is of a run in another precision: only one of the two, it or this "
                + "run, scales the loss for float16; resume with the precision that wrote it.");
        if (vectors.FirstOrDefault(name => !Vectors.ContainsKey(name)) is { } missing)
            throw new ModelException($"The checkpoint has no '{missing}'; resume with the optimiser that wrote it.");
        long Size(string name) => TrainingGraph.SizeOf(name, Layout);
        if (vectors.FirstOrDefault(name => Vectors[name].Length != Size(name)) is { } odd)
            throw new ModelException(
                $"The checkpoint's '{odd}' has {Vectors[odd].Length} numbers, expected {Size(odd)}; resume from "
                + "another.");
    }

    internal void CheckAverage(bool wanted)
    {
        if (Vectors.ContainsKey(TrainingGraph.Average) != wanted)
            throw new ModelException(wanted
                ? "The checkpoint is of a run without an average of the weights, this run keeps one; resume without it."
                : "The checkpoint is of a run with an average of the weights, this run keeps none; resume with the "
                + "same one.");
    }

    private static string LayoutText(ParameterLayout layout) =>
        string.Join('\n', layout.Entries.Select(entry => $"{string.Join(',', entry.Shape)}\t{entry.Name}"));

    private static ParameterLayout? ParseLayout(string text)
    {
        var (offset, entries) = (0L, new List<ParameterEntry>());
        foreach (var parts in text.Split('\n').Select(line => line.Split('\t', 2)))
        {
            var dims = parts[0].Length == 0 ? []
                : parts[0].Split(',').Select(dim => long.TryParse(dim, out var size) ? size : -1).ToArray();
            if (parts.Length < 2 || dims.Any(dim => dim < 0))
                return null;
            entries.Add(new(parts[1], new(dims), offset));
            offset += entries[^1].Shape.Size;
        }
        return new(entries);
    }
}
