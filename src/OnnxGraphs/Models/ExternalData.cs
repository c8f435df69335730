using System.Globalization;
using Google.Protobuf;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Models;

/// <summary>Tensors stored beside the model in files of their own.</summary>
internal static class ExternalData
{
    /// <summary>Tensors of at least this many bytes move out of the model file.</summary>
    private const int Threshold = 1024;

    /// <summary>Reads external tensors into the model. A location outside the model's folder is refused.</summary>
    public static void Load(ModelProto model, string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        foreach (var tensor in model.Graph.Initializer.Where(t => t.DataLocation == TensorProto.Types.DataLocation.External))
        {
            var entries = tensor.ExternalData.ToDictionary(entry => entry.Key, entry => entry.Value);
            var location = entries.GetValueOrDefault("location", "");
            var file = Path.GetFullPath(Path.Combine(folder, location));
            if (location.Length == 0 || Path.IsPathRooted(location) || !file.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                throw new ModelException($"{path}: initializer '{tensor.Name}' lies at '{location}', outside the model's folder; refused.");
            if (!File.Exists(file))
                throw new ModelException($"{path}: initializer '{tensor.Name}' lies in '{file}', which is missing; copy it beside the model.");
            tensor.RawData = ByteString.CopyFrom(Read(path, file, tensor, Number(entries, "offset") ?? 0, Number(entries, "length")));
            tensor.ExternalData.Clear();
            tensor.ClearDataLocation();
        }
    }

    /// <summary>A copy of the model whose large tensors lie in one file named after it: <c>model.onnx.data</c>.</summary>
    public static ModelProto Split(ModelProto model, string path)
    {
        var copy = model.Clone();
        using var stream = File.Create(path + ".data");
        foreach (var tensor in copy.Graph.Initializer.Where(t => t.HasRawData && t.RawData.Length >= Threshold))
        {
            tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = Path.GetFileName(path) + ".data" });
            tensor.ExternalData.Add(new StringStringEntryProto { Key = "offset", Value = Text(stream.Position) });
            tensor.ExternalData.Add(new StringStringEntryProto { Key = "length", Value = Text(tensor.RawData.Length) });
            tensor.RawData.WriteTo(stream);
            tensor.ClearRawData();
            tensor.DataLocation = TensorProto.Types.DataLocation.External;
        }
        return copy;
    }

    private static byte[] Read(string model, string file, TensorProto tensor, long offset, long? length)
    {
        using var stream = File.OpenRead(file);
        var count = length ?? stream.Length - offset;
        if (offset < 0 || count < 0 || offset + count > stream.Length)
            throw new ModelException($"{model}: initializer '{tensor.Name}' needs bytes {offset} to {offset + count} of '{file}', "
                + $"which has {stream.Length}; copy the file again.");
        stream.Position = offset;
        var bytes = new byte[count];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static long? Number(Dictionary<string, string> entries, string key) =>
        entries.TryGetValue(key, out var text) ? long.Parse(text, CultureInfo.InvariantCulture) : null;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
