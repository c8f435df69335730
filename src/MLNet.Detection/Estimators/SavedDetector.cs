using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Image;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Interop;
using MLNet.Detection.Scoring;

namespace MLNet.Detection.Estimators;

/// <summary>
/// A detector as ML.NET's own transformers, which ML.NET can write into a model file and read back: a table of values
/// carries the ONNX file as text, a custom mapping runs it, keys get the names of the classes. ML.NET finds the mapping
/// by the contract's name in this assembly, which it loads by name; only the assembly must be there.
/// </summary>
internal static class SavedDetector
{
    private const string Contract = "Detection.MLNet.Detector", ImageContract = "Detection.MLNet.Detector.Image";

    internal const string KeyContract = "Detection.MLNet.Key";
    internal const string Key = "detection_mlnet.key", File = "detection_mlnet.file", Image = "detection_mlnet.image";
    private const string Labels = "detection_mlnet.labels", Boxes = "detection_mlnet.boxes",
        Scores = "detection_mlnet.scores";

    /// <summary>The chain of built-in transformers.</summary>
    public static ITransformer Chain(DetectorModel model, DetectorTransformer.Options options)
    {
        var ml = new MLContext();
        var (conversion, transforms) = (ml.Transforms.Conversion, ml.Transforms);
        var file = SavedScorer.ToText(model, options.Decoding);
        var names = ml.Data.LoadFromEnumerable(model.Classes.Select(name => new ClassName { Name = name }));
        IEstimator<ITransformer>[] steps =
        [
            transforms.CustomMapping(new KeyFactory().GetMapping(), KeyContract),
            conversion.MapValue(File, new Dictionary<uint, string> { [KeyFactory.Only] = file }, Key),
            transforms.CopyColumns(Image, options.ImageColumnName),
            options.ModelFileTakesImages
                ? transforms.CustomMapping(new ImageFactory().GetMapping(), ImageContract)
                : transforms.CustomMapping(new Factory().GetMapping(), Contract),
            conversion.MapValueToKey(options.PredictedLabelColumnName, Labels, keyData: names),
            transforms.CopyColumns(options.PredictedBoundingBoxColumnName, Boxes),
            transforms.CopyColumns(options.ScoreColumnName, Scores),
            transforms.DropColumns(Key, File, Image, Labels, Boxes, Scores),
        ];
        return Fit(steps, Images(options.ImageColumnName, options.ModelFileTakesImages
            ? new ImageDataViewType() : new VectorDataViewType(NumberDataViewType.Byte)));
    }

    // One by one: a chain of estimators compares types as objects, and two equal ImageDataViewType then differ.
    internal static TransformerChain<ITransformer> Fit(IEstimator<ITransformer>[] steps, IDataView data)
    {
        var fitted = new List<ITransformer>();
        foreach (var step in steps)
        {
            fitted.Add(step.Fit(data));
            data = fitted[^1].Transform(data);
        }
        return new([.. fitted]);
    }

    internal static EmptyView Images(string column, DataViewType type)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumn(column, type);
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

    /// <summary>What the mapping reads of a row with an image.</summary>
    internal sealed class ImagePicture
    {
        [ColumnName(SavedDetector.Image), AnyImage]
        public MLImage? Image { get; set; }

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

    /// <summary>Runs the detector in the row, on an image file.</summary>
    [CustomMappingFactoryAttribute(Contract)]
    internal sealed class Factory : CustomMappingFactory<Picture, Objects>
    {
        private readonly SavedScorer _scorer = new();

        public override Action<Picture, Objects> GetMapping() => (picture, objects) =>
        {
            byte[] file = [.. picture.Image.DenseValues()];
            Write(_scorer.Score(picture.File, () => new(file, null, "the row's image")), objects);
        };
    }

    /// <summary>Runs the detector in the row, on an image of ML.NET.</summary>
    [CustomMappingFactoryAttribute(ImageContract)]
    internal sealed class ImageFactory : CustomMappingFactory<ImagePicture, Objects>
    {
        private readonly SavedScorer _scorer = new();

        public override Action<ImagePicture, Objects> GetMapping() => (picture, objects) => Write(
            _scorer.Score(picture.File, () => RowImage.Read(() => picture.Image, "the row's image")), objects);
    }

    private static void Write((IReadOnlyList<string> Classes, DetectedObject[] Found) row, Objects objects)
    {
        objects.Labels = Array.ConvertAll(row.Found, o => row.Classes[o.Class]);
        objects.Scores = Array.ConvertAll(row.Found, o => o.Score);
        objects.Boxes = [.. row.Found.SelectMany(o => new[] { o.Box.X0, o.Box.Y0, o.Box.X1, o.Box.Y1 })];
    }
}
