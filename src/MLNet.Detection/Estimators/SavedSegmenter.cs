using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Image;
using MLNet.Detection.Images;
using MLNet.Detection.Interop;
using MLNet.Detection.Segmentation;
using OnnxGraphs.Runtime;

namespace MLNet.Detection.Estimators;

/// <summary>A segmentation network as ML.NET's own transformers, as <see cref="SavedDetector"/> is for
/// detectors.</summary>
internal static class SavedSegmenter
{
    private const string Contract = "Detection.MLNet.Segmenter", ImageContract = "Detection.MLNet.Segmenter.Image";
    private const string Mask = "detection_mlnet.mask", Width = "detection_mlnet.width", Height = "detection_mlnet.height",
        Probabilities = "detection_mlnet.probabilities";

    /// <summary>The chain of built-in transformers.</summary>
    public static ITransformer Chain(SegmenterModel model, SegmenterTransformer.Options options)
    {
        var transforms = new MLContext().Transforms;
        var file = SavedFile.ToText(SegmenterMetadata.Attach(model), options.Decoding);
        IEstimator<ITransformer>[] steps =
        [
            transforms.CustomMapping(new SavedDetector.KeyFactory().GetMapping(), SavedDetector.KeyContract),
            transforms.Conversion.MapValue(SavedDetector.File,
                new Dictionary<uint, string> { [SavedDetector.KeyFactory.Only] = file }, SavedDetector.Key),
            transforms.CopyColumns(SavedDetector.Image, options.ImageColumnName),
            options.ModelFileTakesImages
                ? transforms.CustomMapping(new ImageFactory().GetMapping(), ImageContract)
                : transforms.CustomMapping(new Factory().GetMapping(), Contract),
            transforms.CopyColumns(options.MaskColumnName, Mask), transforms.CopyColumns(options.WidthColumnName, Width),
            transforms.CopyColumns(options.HeightColumnName, Height),
            transforms.CopyColumns(options.ProbabilityColumnName, Probabilities),
            transforms.DropColumns(SavedDetector.Key, SavedDetector.File, SavedDetector.Image, Mask, Width, Height, Probabilities),
        ];
        return SavedDetector.Fit(steps, SavedDetector.Images(options.ImageColumnName, options.ModelFileTakesImages
            ? new ImageDataViewType() : new VectorDataViewType(NumberDataViewType.Byte)));
    }

    /// <summary>What the mapping adds to a row.</summary>
    internal sealed class Labels
    {
        [ColumnName(SavedSegmenter.Mask)]
        public byte[] Mask { get; set; } = [];

        [ColumnName(SavedSegmenter.Width)]
        public int Width { get; set; }

        [ColumnName(SavedSegmenter.Height)]
        public int Height { get; set; }

        [ColumnName(SavedSegmenter.Probabilities)]
        public float[] Probabilities { get; set; } = [];
    }

    /// <summary>Runs the network in the row, on an image file.</summary>
    [CustomMappingFactoryAttribute(Contract)]
    internal sealed class Factory : CustomMappingFactory<SavedDetector.Picture, Labels>
    {
        private readonly Scorer _scorer = new();

        public override Action<SavedDetector.Picture, Labels> GetMapping() => (picture, labels) =>
        {
            byte[] file = [.. picture.Image.DenseValues()];
            Write(_scorer.Score(picture.File, () => new(file, null, "the row's image")), labels);
        };
    }

    /// <summary>Runs the network in the row, on an image of ML.NET.</summary>
    [CustomMappingFactoryAttribute(ImageContract)]
    internal sealed class ImageFactory : CustomMappingFactory<SavedDetector.ImagePicture, Labels>
    {
        private readonly Scorer _scorer = new();

        public override Action<SavedDetector.ImagePicture, Labels> GetMapping() => (picture, labels) => Write(
            _scorer.Score(picture.File, () => RowImage.Read(() => picture.Image, "the row's image")), labels);
    }

    private static void Write(SegmentedPicture? found, Labels labels)
    {
        (labels.Width, labels.Height) = (found?.Width ?? 0, found?.Height ?? 0);
        (labels.Mask, labels.Probabilities) = (found?.Labels.Classes ?? [], found?.Probabilities ?? []);
    }

    // The network that the text carries; it is prepared once, for the first row.
    private sealed class Scorer
    {
        private readonly Lock _preparing = new();
        private PictureScorer<RgbImage, SegmentedPicture?>? _scorer;

        public SegmentedPicture? Score(ReadOnlyMemory<char> file, Func<RowPicture> picture)
        {
            PictureScorer<RgbImage, SegmentedPicture?> scorer;
            lock (_preparing)
                scorer = _scorer ??= Prepare(file);
            return scorer.Score(picture);
        }

        private static PictureScorer<RgbImage, SegmentedPicture?> Prepare(ReadOnlyMemory<char> file)
        {
            var (saved, decoding) = SavedFile.Read(file);
            return SegmenterScorer.Of(SegmenterMetadata.Read(saved), 1, Device.Cpu, decoding, null, refusesUnreadable: true);
        }
    }
}
