using System.Globalization;
using Google.Protobuf;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Models;

/// <summary>Tensors stored beside the model in files of their own.</summary>
internal static class ExternalData
{
    /// <summary>Tensors of at least this many bytes move out of the model file.</summary>
    private const int Threshold = 1024;

    /// <summary>
    /// Reads external tensors into the model. A location outside the model's folder is refused. Tensors that lie at the
    /// same place share their bytes: a small file cannot ask for the same large one again and again.
    /// </summary>
    public static void Load(ModelProto model, string path, ModelLimits limits)
    {
        var places = new Places(path, limits);
        var external = Subgraphs.Tensors(model.Graph)
            .Where(tensor => tensor.DataLocation == TensorProto.Types.DataLocation.External);
        foreach (var tensor in external)
        {
            if (!limits.AllowExternalData)
                throw new ModelException($"{path}: initializer '{tensor.Name}' lies in another file, which "
                    + $"{nameof(ModelLimits)}.{nameof(ModelLimits.AllowExternalData)} forbids.");
            var entries = Entries(path, tensor);
            var (file, size) = (Location(path, tensor, entries.GetValueOrDefault("location", "")), Size(path, tensor));
            var (offset, length) = (Number(path, tensor, entries, "offset"), Number(path, tensor, entries, "length"));
            if (length is { } given && given != size)
                throw new ModelException($"{path}: initializer '{tensor.Name}' has {given} bytes in '{file}', its "
                    + $"shape needs {size}; export the model again.");
            tensor.RawData = places.Read(tensor, file, offset ?? 0, size);
            tensor.ExternalData.Clear();
            tensor.ClearDataLocation();
        }
    }

    /// <summary>
    /// A copy of the model whose large tensors are written to the stream, to lie beside the model under the given name.
    /// </summary>
    public static ModelProto Split(ModelProto model, string location, Stream stream)
    {
        var copy = model.Clone();
        foreach (var tensor in copy.Graph.Initializer.Where(t => t.HasRawData && t.RawData.Length >= Threshold))
        {
            tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
            tensor.ExternalData.Add(new StringStringEntryProto { Key = "offset", Value = Text(stream.Position) });
            tensor.ExternalData.Add(new StringStringEntryProto { Key = "length", Value = Text(tensor.RawData.Length) });
            tensor.RawData.WriteTo(stream);
            tensor.ClearRawData();
            tensor.DataLocation = TensorProto.Types.DataLocation.External;
        }
        return copy;
    }

    private static Dictionary<string, string> Entries(string path, TensorProto tensor)
    {
        if (tensor.ExternalData.GroupBy(entry => entry.Key).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ModelException($"{path}: initializer '{tensor.Name}' names '{twice.Key}' twice; export the model "
                + "again.");
        return tensor.ExternalData.ToDictionary(entry => entry.Key, entry => entry.Value);
    }

    private static string Location(string path, TensorProto tensor, string location)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (location.Length == 0 || location.Contains('\0') || Path.IsPathRooted(location)
            || Path.GetFullPath(Path.Combine(folder, location)) is var file && !IsBelow(folder, file))
            throw new ModelException($"{path}: initializer '{tensor.Name}' lies at '{location}', outside the "
                + "model's folder; refused. Take the model from a source you trust, with its data beside it.");
        return File.Exists(file) ? file : throw new ModelException($"{path}: initializer '{tensor.Name}' lies in "
            + $"'{file}', which is missing; copy it beside the model.");
    }

    private static long Size(string path, TensorProto tensor)
    {
        try
        {
            var size = new TensorShape([.. tensor.Dims]).Size * ((ElementType)tensor.DataType).Size();
            return size <= Array.MaxLength ? size : throw new GraphException($"It has {size} bytes, more than the "
                + $"{Array.MaxLength} that one tensor may have.");
        }
        catch (GraphException error)
        {
            throw new ModelException($"{path}: initializer '{tensor.Name}' cannot be read: {error.Message}", error);
        }
    }

    private static byte[] Read(string model, string file, TensorProto tensor, long offset, long count)
    {
        using var stream = File.OpenRead(file);
        if (offset < 0 || offset > stream.Length - count)
            throw new ModelException($"{model}: initializer '{tensor.Name}' needs {count} bytes from byte {offset} "
                + $"of '{file}' on, which has {stream.Length}; copy the file again.");
        stream.Position = offset;
        var bytes = new byte[count];
        stream.ReadExactly(bytes);
        return bytes;
    }

    // The folder itself may be reached by links; what lies in it may not lead out of it by one.
    private static bool IsBelow(string folder, string file)
    {
        if (!file.StartsWith(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar,
            StringComparison.Ordinal))
            return false;
        for (var at = file; at.Length > folder.Length; at = Path.GetDirectoryName(at)!)
            if (new FileInfo(at).LinkTarget is not null)
                return false;
        return true;
    }

    private static long? Number(string path, TensorProto tensor, Dictionary<string, string> entries, string key) =>
        !entries.TryGetValue(key, out var text) ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new ModelException($"{path}: initializer '{tensor.Name}' has the {key} '{text}', "
            + "expected a number; export it again.");

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    // What was read so far: each place once, and no more than the files hold.
    private sealed class Places(string path, ModelLimits limits)
    {
        private readonly Dictionary<(string File, long Offset, long Size), ByteString> _read = [];
        private readonly Dictionary<string, long> _files = [];
        private long _bytes, _held;

        public ByteString Read(TensorProto tensor, string file, long offset, long size)
        {
            if (_read.TryGetValue((file, offset, size), out var bytes))
                return bytes;
            if (!_files.ContainsKey(file))
                _held += _files[file] = new FileInfo(file).Length;
            // A file that is too short for this tensor alone says so below.
            if ((_bytes += size) > Math.Min(_held, limits.ExternalBytes) && size <= _files[file])
                throw new ModelException($"{path}: up to '{tensor.Name}', its tensors in other files take {_bytes} bytes, more than "
                    + $"these files hold ({_held}) or than {nameof(ModelLimits)}.{nameof(ModelLimits.ExternalBytes)} allows "
                    + $"({limits.ExternalBytes}); refused, as tensors may not overlap. Export the model again.");
            return _read[(file, offset, size)] = UnsafeByteOperations.UnsafeWrap(
                ExternalData.Read(path, file, tensor, offset, size));
        }
    }
}
