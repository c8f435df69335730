using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Training;

namespace OnnxGraphs.Artifacts;

/// <summary>
/// A checkpoint of the official training runtime (<c>CheckpointState</c>; version 2, of ONNX Runtime 1.18 and 1.19):
/// the weights of a model by name and, where a run was saved with it, the optimiser's state.
/// </summary>
/// <param name="Trained">Weights that are trained.</param>
public sealed record OrtCheckpoint(IReadOnlyDictionary<string, Tensor> Trained)
{
    private const long LargestFile = 2_000_000_000;

    /// <summary>Weights that stay as they are, and that the training model takes as inputs.</summary>
    public IReadOnlyDictionary<string, Tensor> Frozen { get; init; } = new Dictionary<string, Tensor>();

    /// <summary>
    /// Whether the weights have no values: the application loads all of them before the first step.
    /// </summary>
    public bool IsNominal { get; init; }

    /// <summary>The optimiser's state; null where it is not kept.</summary>
    public OrtOptimizerState? Optimizer { get; init; }

    /// <summary>What the application keeps with it: long, float or string values.</summary>
    public IReadOnlyDictionary<string, object> Properties { get; init; } = new Dictionary<string, object>();

    /// <summary>The weights of a model, before any training.</summary>
    public static OrtCheckpoint Of(OnnxModel model, ParameterLayout layout)
    {
        var stored = new StoredWeights(model);
        return new(layout.Entries.ToDictionary(
            entry => entry.Name, entry => Tensor.Of<float>(entry.Shape, stored.Read(entry.Name))));
    }

    /// <summary>The same without the values of its weights: names, types and shapes alone.</summary>
    public OrtCheckpoint ToNominal()
    {
        Dictionary<string, Tensor> Emptied(IReadOnlyDictionary<string, Tensor> tensors) =>
            tensors.ToDictionary(pair => pair.Key, pair => pair.Value with { Data = [] });
        return this with { IsNominal = true, Trained = Emptied(Trained), Frozen = Emptied(Frozen) };
    }

    /// <summary>Reads a file that the training runtime or <see cref="Save"/> wrote.</summary>
    /// <exception cref="ModelException">The file is missing, damaged, of another kind or version.</exception>
    public static OrtCheckpoint Load(string path)
    {
        if (!File.Exists(path))
            throw new ModelException($"{path}: no such checkpoint; check the path.");
        try
        {
            return Parse(File.ReadAllBytes(path), path);
        }
        catch (Exception error) when (error is IOException and not ModelException or UnauthorizedAccessException)
        {
            throw new ModelException(
                $"{path}: the checkpoint cannot be read ({error.Message}); check the file's permissions.", error);
        }
    }

    /// <summary>Reads the bytes of such a file; the path is for messages.</summary>
    /// <exception cref="ModelException">They are damaged, of another kind or version.</exception>
    public static OrtCheckpoint Parse(ReadOnlyMemory<byte> file, string path = "(in memory)")
    {
        try
        {
            return OrtCheckpointFile.Read(file);
        }
        catch (Exception error) when (error is FormatException or GraphException)
        {
            throw new ModelException($"{path}: not a checkpoint of ONNX Runtime's training, or not a complete one: "
                + $"{error.Message}. Copy or save it again.", error);
        }
    }

    /// <summary>The file as bytes.</summary>
    public byte[] ToBytes() => OrtCheckpointFile.Write(this);

    /// <summary>Writes the file: first beside the place, then moved, so that a full disk harms no older one.</summary>
    /// <exception cref="ModelException">It cannot be written, or is larger than the format allows.</exception>
    public void Save(string path)
    {
        var size = Trained.Values.Concat(Frozen.Values).Concat(Optimizer?.Momentums.Values.SelectMany(m => m) ?? [])
            .Sum(tensor => (long)tensor.Data.Length);
        if (size > LargestFile)
            throw new ModelException(
                $"{path}: the weights and moments take {size} bytes, a checkpoint holds {LargestFile}; freeze some.");
        var temporary = path + ".tmp";
        try
        {
            File.WriteAllBytes(temporary, ToBytes());
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            File.Delete(temporary);
            throw new ModelException($"{path}: the checkpoint cannot be written ({error.Message}); check the folder "
                + "and the free space.", error);
        }
    }

    /// <summary>
    /// A copy of a model with the checkpoint's weights in the place of its own; all else, its tail too, stays.
    /// </summary>
    /// <exception cref="ModelException">The model lacks a weight, or has it in another shape.</exception>
    public OnnxModel ApplyTo(OnnxModel model)
    {
        if (IsNominal)
            throw new ModelException("A nominal checkpoint holds no weights; save one from the running session.");
        var copy = model.Clone();
        var (stored, weights) = (copy.Initializers, new StoredWeights(copy));
        foreach (var (name, tensor) in Trained.Concat(Frozen))
        {
            if (!stored.TryGetValue(name, out var proto))
                throw new ModelException($"{model.Path}: the checkpoint's weight '{name}' is not in the model. Nearest "
                    + $"names: {string.Join(", ", NearestNames.Of(name, stored.Keys).Select(n => $"'{n}'"))}. Take the "
                    + "model that the artifacts were written from.");
            if (!proto.Dims.SequenceEqual(tensor.Shape) || tensor.Type != ElementType.Float32)
                throw new ModelException($"{model.Path}: '{name}' is [{string.Join(", ", proto.Dims)}], the checkpoint "
                    + $"has {tensor.Type} {tensor.Shape}. Take the model that the artifacts were written from.");
            weights.Write(name, tensor.Values<float>());
        }
        return copy;
    }
}
