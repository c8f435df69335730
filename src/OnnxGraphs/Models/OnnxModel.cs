using Google.Protobuf;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Models;

/// <summary>
/// An ONNX file in memory. External data is loaded with it, so that a model is complete wherever it goes.
/// </summary>
public sealed class OnnxModel
{
    /// <summary>The opset that graphs are built in and that loaded models are upgraded to for training.</summary>
    public const int WorkingOpset = 21;

    /// <summary>The oldest and the newest opset of models that are read.</summary>
    public const int OldestOpset = 7, NewestOpset = 23;

    /// <summary>The IR version of files written by this library; ONNX Runtime 1.18 and later read it.</summary>
    public const int WorkingIrVersion = 10;

    private const long MostBytes = int.MaxValue - (1L << 20);

    /// <summary>Wraps a model.</summary>
    public OnnxModel(ModelProto proto, string path = "(in memory)") => (Proto, Path) = (proto, path);

    /// <summary>The file format's message.</summary>
    public ModelProto Proto { get; }

    /// <summary>Where the model was loaded from.</summary>
    public string Path { get; }

    /// <summary>What was changed when the file was read, a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Version of the default operator set.</summary>
    public int Opset => (int)Math.Clamp(
        Proto.OpsetImport.FirstOrDefault(set => set.Domain is "" or "ai.onnx")?.Version ?? 0, 0, int.MaxValue);

    /// <summary>Stored tensors by name.</summary>
    public IReadOnlyDictionary<string, TensorProto> Initializers
    {
        get
        {
            var stored = new Dictionary<string, TensorProto>(Proto.Graph.Initializer.Count);
            foreach (var tensor in Proto.Graph.Initializer)
                stored.TryAdd(tensor.Name, tensor);
            return stored;
        }
    }

    /// <summary>The node that computes each value, by the value's name.</summary>
    public IReadOnlyDictionary<string, NodeProto> Producers
    {
        get
        {
            var producers = new Dictionary<string, NodeProto>(Proto.Graph.Node.Count);
            foreach (var node in Proto.Graph.Node)
                foreach (var name in node.Output)
                    if (name.Length > 0)
                        producers[name] = node;
            return producers;
        }
    }

    /// <summary>The first stored tensor of a name; null where there is none. <see cref="Initializers"/> serve many look-ups.</summary>
    internal TensorProto? Stored(string name) => Proto.Graph.Initializer.FirstOrDefault(tensor => tensor.Name == name);

    /// <summary>The node that computes a value; null where none does. <see cref="Producers"/> serve many look-ups.</summary>
    internal NodeProto? Producer(string value) => Proto.Graph.Node.FirstOrDefault(node => node.Output.Contains(value));

    /// <summary>Inputs that the caller must feed (files of IR 3 also list their weights as inputs).</summary>
    public IReadOnlyList<ValueInfoProto> Inputs
    {
        get
        {
            var stored = Proto.Graph.Initializer.Select(t => t.Name).ToHashSet();
            return [.. Proto.Graph.Input.Where(input => !stored.Contains(input.Name))];
        }
    }

    /// <summary>Names of the graph's outputs.</summary>
    public IReadOnlyList<string> OutputNames => [.. Proto.Graph.Output.Select(output => output.Name)];

    /// <summary>Names of all values: inputs, stored tensors and what nodes compute.</summary>
    public IEnumerable<string> ValueNames => Proto.Graph.Input.Select(input => input.Name)
        .Concat(Proto.Graph.Initializer.Select(tensor => tensor.Name))
            .Concat(Proto.Graph.Node.SelectMany(node => node.Output));

    /// <summary>
    /// Loads a file; its external data must lie in or below its folder. Functions of the file are replaced by their
    /// nodes; nodes that read what a later one computes are put in an order of computation, with a note.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="limits">How much it may hold; null for the defaults.</param>
    /// <exception cref="ModelException">The file is missing, truncated, not ONNX, of an unsupported version, contradicts
    /// itself, or is beyond a limit.</exception>
    public static OnnxModel Load(string path, ModelLimits? limits = null)
    {
        limits ??= new();
        if (!File.Exists(path))
            throw new ModelException($"{path}: no such file; check the path of the model.");
        var model = new OnnxModel(Parse(path), path);
        ModelCheck.Demand(model);
        limits.Check(model);
        ExternalData.Load(model.Proto, path, limits);
        Functions.Inline(model);
        return !NodeOrder.Sort(model) ? model : new(model.Proto, path)
        {
            Notes = ["nodes read what later nodes compute, which the format forbids; they were put in order"],
        };
    }

    /// <summary>
    /// Writes the model to a new place: first beside it, then moved, so that a full disk harms no older file. A model
    /// of more than 2 GB, which one file cannot hold, needs <paramref name="externalData"/>: large tensors then lie in
    /// a file beside it.
    /// </summary>
    /// <exception cref="ModelException">
    /// The place cannot be written, or the model is too large for one file.
    /// </exception>
    public void Save(string path, bool externalData = false)
    {
        if (!externalData)
            CheckSize("save it with externalData: true");
        var (data, temporary, temporaryData) = (path + ".data", path + ".tmp", path + ".data.tmp");
        try
        {
            var proto = Proto;
            if (externalData)
                using (var stream = File.Create(temporaryData))
                    proto = ExternalData.Split(proto, System.IO.Path.GetFileName(data), stream);
            using (var stream = File.Create(temporary))
                proto.WriteTo(stream);
            if (externalData)
                File.Move(temporaryData, data, overwrite: true);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            foreach (var leftover in new[] { temporary, temporaryData }.Where(File.Exists))
                File.Delete(leftover);
            throw new ModelException($"{path}: cannot be written ({error.Message}); "
                + "check the folder and the free space.", error);
        }
    }

    /// <summary>The file as bytes.</summary>
    /// <exception cref="ModelException">The model has more than 2 GB.</exception>
    public byte[] ToBytes()
    {
        CheckSize("cut it, or train more of its weights, which are not part of a step");
        return Proto.ToByteArray();
    }

    /// <summary>An independent copy.</summary>
    public OnnxModel Clone() => new(Proto.Clone(), Path) { Notes = Notes };

    // What the format calls a message has less than 2 GB; tensors are almost all of a large one.
    private void CheckSize(string remedy)
    {
        var bytes = Proto.Graph.Initializer.Sum(tensor => (long)tensor.RawData.Length + 4L * tensor.FloatData.Count);
        if (bytes > MostBytes)
            throw new ModelException($"{Path}: the model's tensors have {bytes} bytes, and one file holds at most "
                + $"{MostBytes}; {remedy}.");
    }

    private static ModelProto Parse(string path)
    {
        if (new FileInfo(path).Length is var length && length > MostBytes)
            throw new ModelException($"{path}: the file has {length} bytes, and the format allows {MostBytes}; export "
                + "the model with external data.");
        try
        {
            using var stream = File.OpenRead(path);
            return ModelProto.Parser.ParseFrom(stream);
        }
        catch (InvalidProtocolBufferException error)
        {
            throw new ModelException($"{path}: not a complete ONNX file ({error.Message}); copy or export it again.",
                error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"{path}: cannot be read ({error.Message}); check the file's permissions.", error);
        }
    }
}
