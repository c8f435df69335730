using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Interop;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Runtime;

namespace MLNet.Detection.Estimators;

/// <summary>
/// A detector as ML.NET's own transformers, which ML.NET can write into a model file and read back: a table of values
/// carries the ONNX file as text, a custom mapping runs it, keys get the names of the classes. ML.NET finds the mapping
/// by the contract's name in this assembly, which it loads by name; only the assembly must be there.
/// </summary>
internal static class SavedDetector
{
    private const string Contract = "Detection.MLNet.Detector", KeyContract = "Detection.MLNet.Key";
    private const string Key = "detection_mlnet.key", File = "detection_mlnet.file", Image = "detection_mlnet.image";
    private const string Labels = "detection_mlnet.labels", Boxes = "detection_mlnet.boxes",
        Scores = "detection_mlnet.scores";

    /// <summary>The chain of built-in transformers.</summary>
    public static ITransformer Chain(DetectorModel model, DetectorTransformer.Options options)
    {
        var ml = new MLContext();
        var (conversion, transforms) = (ml.Transforms.Conversion, ml.Transforms);
        var file = Convert.ToBase64String(DetectorMetadata.Attach(model).ToBytes());
        var names = ml.Data.LoadFromEnumerable(model.Classes.Select(name => new ClassName { Name = name }));
        return transforms.CustomMapping(new KeyFactory().GetMapping(), KeyContract)
            .Append(conversion.MapValue(File, new Dictionary<uint, string> { [KeyFactory.Only] = file }, Key))
            .Append(transforms.CopyColumns(Image, options.ImageColumnName))
            .Append(transforms.CustomMapping(new Factory().GetMapping(), Contract))
            .Append(conversion.MapValueToKey(options.PredictedLabelColumnName, Labels, keyData: names))
            .Append(transforms.CopyColumns(options.PredictedBoundingBoxColumnName, Boxes))
            .Append(transforms.CopyColumns(options.ScoreColumnName, Scores))
            .Append(transforms.DropColumns(Key, File, Image, Labels, Boxes, Scores))
            .Fit(Images(options.ImageColumnName));
    }

    private static EmptyView Images(string column)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumn(column, new VectorDataViewType(NumberDataViewType.Byte));
        return new(builder.ToSchema());
    }

    private sealed class ClassName
    {
        public string Name { get; set; } = "";
    }

    /// <summary>Nothing of a row.</summary>
    internal sealed class Nothing
    {
    }

    /// <summary>The key under which the table holds the file.</summary>
    internal sealed class FileKey
    {
        [ColumnName(SavedDetector.Key)]
        public uint Key { get; set; }
    }

    /// <summary>What the mapping reads of a row.</summary>
    internal sealed class Picture
    {
        [ColumnName(SavedDetector.Image)]
        public VBuffer<byte> Image { get; set; }

        [ColumnName(SavedDetector.File)]
        public ReadOnlyMemory<char> File { get; set; }
    }

    /// <summary>What the mapping adds to a row.</summary>
    internal sealed class Objects
    {
        [ColumnName(SavedDetector.Labels)]
        public string[] Labels { get; set; } = [];

        [ColumnName(SavedDetector.Boxes)]
        public float[] Boxes { get; set; } = [];

        [ColumnName(SavedDetector.Scores)]
        public float[] Scores { get; set; } = [];
    }

    /// <summary>Gives each row the key.</summary>
    [CustomMappingFactoryAttribute(KeyContract)]
    internal sealed class KeyFactory : CustomMappingFactory<Nothing, FileKey>
    {
        public const uint Only = 1;

        public override Action<Nothing, FileKey> GetMapping() => (_, row) => row.Key = Only;
    }

    /// <summary>Runs the detector in the row; it is prepared once, for the first row.</summary>
    [CustomMappingFactoryAttribute(Contract)]
    internal sealed class Factory : CustomMappingFactory<Picture, Objects>
    {
        private readonly Lock _preparing = new();
        private PictureScorer? _scorer;
        private IReadOnlyList<string> _classes = [];

        public override Action<Picture, Objects> GetMapping() => Map;

        private void Map(Picture picture, Objects objects)
        {
            byte[] file = [.. picture.Image.DenseValues()];
            var found = Prepared(picture.File).Score(() => new(file, "the row's image"));
            objects.Labels = Array.ConvertAll(found, o => _classes[o.Class]);
            objects.Scores = Array.ConvertAll(found, o => o.Score);
            objects.Boxes = [.. found.SelectMany(o => new[] { o.Box.X0, o.Box.Y0, o.Box.X1, o.Box.Y1 })];
        }

        private PictureScorer Prepared(ReadOnlyMemory<char> file)
        {
            lock (_preparing)
            {
                if (_scorer is not null)
                    return _scorer;
                var bytes = Convert.FromBase64String(file.ToString());
                var model = DetectorMetadata.Read(new OnnxModel(ModelProto.Parser.ParseFrom(bytes)));
                _classes = model.Classes;
                return _scorer = new(model, 1, Device.Cpu, null);
            }
        }
    }
}
