using OnnxGraphs.Graphs;

namespace OnnxGraphs.Artifacts;

/// <summary>
/// Between <see cref="OrtCheckpoint"/> and its file: FlatBuffers tables of ONNX Runtime's schema, version 2. Slots of
/// the tables are named where they are read.
/// </summary>
internal static class OrtCheckpointFile
{
    private const string Identifier = "ODTC", Group = "group0";
    private const int Version = 2;

    public static byte[] Write(OrtCheckpoint checkpoint)
    {
        object?[] module = [Tensors(checkpoint.Trained), Tensors(checkpoint.Frozen), checkpoint.IsNominal];
        var groups = checkpoint.Optimizer is { } state ? new[] { Optimizer(state) } : null;
        return FlatBufferWriter.Write(Identifier, [Version, module, groups, Properties(checkpoint.Properties)]);
    }

    /// <exception cref="FormatException">The file is damaged, or none of this version.</exception>
    /// <exception cref="GraphException">A tensor has no possible shape: the file is damaged.</exception>
    public static OrtCheckpoint Read(ReadOnlyMemory<byte> file)
    {
        var root = FlatTable.Root(file, Identifier);
        if (root.Int(0) != Version)
            throw new FormatException($"it has version {root.Int(0)}, expected {Version} (ONNX Runtime 1.18 to 1.19)");
        var reader = new TensorReader(file.Length);
        var module = root.Table(1);
        if (module.Flag(3))
            throw new FormatException("its weights lie in a file of their own; save it with its weights inside");
        var nominal = module.Flag(2);
        return new(reader.ByName(module.Tables(0), nominal))
        {
            Frozen = reader.ByName(module.Tables(1), nominal),
            IsNominal = nominal,
            Optimizer = root.Tables(2).Select(group => reader.Optimizer(group)).FirstOrDefault(),
            Properties = root.Has(3) ? Properties(root.Table(3)) : new Dictionary<string, object>(),
        };
    }

    private static object?[][] Tensors(IReadOnlyDictionary<string, Tensor> tensors) =>
        [.. tensors.Select(pair => Tensor(pair.Key, pair.Value))];

    private static object?[] Tensor(string name, Tensor tensor) =>
        [name, null, tensor.Shape.ToArray(), (int)tensor.Type, tensor.Data];

    private static object?[] Optimizer(OrtOptimizerState state) =>
    [
        Group, state.Step, state.InitialLearningRate,
        state.Momentums.Select(pair => new object?[]
        {
            pair.Key, pair.Value.Select((moment, i) => Tensor($"momentum{i}", moment)).ToArray(),
        }).ToArray(),
    ];

    private static object?[] Properties(IReadOnlyDictionary<string, object> properties) =>
        [Bag<long>(properties), Bag<float>(properties), Bag<string>(properties)];

    private static object?[][] Bag<T>(IReadOnlyDictionary<string, object> properties) =>
        [.. properties.Where(pair => pair.Value is T).Select(pair => new[] { pair.Key, pair.Value })];

    private static Dictionary<string, object> Properties(FlatTable bag)
    {
        var properties = new Dictionary<string, object>();
        foreach (var entry in bag.Tables(0))
            AddNew(properties, entry.Text(0), entry.Long(1));
        foreach (var entry in bag.Tables(1))
            AddNew(properties, entry.Text(0), entry.Float(1));
        foreach (var entry in bag.Tables(2))
            AddNew(properties, entry.Text(0), entry.Text(1));
        return properties;
    }

    private static void AddNew<T>(Dictionary<string, T> entries, string name, T value)
    {
        if (!entries.TryAdd(name, value))
            throw new FormatException($"it has '{name}' twice");
    }

    /// <summary>
    /// Reads tensors, in all no more bytes than the file has: a damaged one may refer to some of them often.
    /// </summary>
    private sealed class TensorReader(long bytes)
    {
        private long _bytesLeft = bytes;

        public Dictionary<string, Tensor> ByName(IEnumerable<FlatTable> tensors, bool nominal = false)
        {
            var named = new Dictionary<string, Tensor>();
            foreach (var tensor in tensors)
                AddNew(named, tensor.Text(0), Read(tensor, nominal));
            return named;
        }

        public OrtOptimizerState Optimizer(FlatTable group)
        {
            var momentums = new Dictionary<string, IReadOnlyList<Tensor>>();
            foreach (var weight in group.Tables(3))
                AddNew(momentums, weight.Text(0), [.. ByName(weight.Tables(1))
                    .OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Value)]);
            return new(group.Long(1), group.Float(2), momentums);
        }

        private Tensor Read(FlatTable tensor, bool nominal)
        {
            var (name, type, shape) = (tensor.Text(0), (ElementType)tensor.Int(3), new TensorShape(tensor.Longs(2)));
            var data = tensor.RawBytes(4);
            if (!type.IsKnown())
                throw new FormatException($"tensor '{name}' has the element type {(int)type}, which is not known here");
            if (shape.Size * type.Size() != data.Length && !(nominal && data.Length == 0))
                throw new FormatException($"tensor '{name}' of {type} {shape} holds {data.Length} bytes");
            _bytesLeft -= data.Length;
            return _bytesLeft >= 0 ? new(type, shape, data.ToArray())
                : throw new FormatException("its tensors overlap");
        }
    }
}
