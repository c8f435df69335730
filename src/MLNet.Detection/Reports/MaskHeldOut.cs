using MLNet.Detection.Data;
using MLNet.Detection.Evaluation.Masks;
using MLNet.Detection.Images;
using MLNet.Detection.Masks;
using MLNet.Detection.Segmentation;

namespace MLNet.Detection.Reports;

/// <summary>What became of held-out pictures with masks.</summary>
/// <param name="Metrics">How well their pixels and objects are found.</param>
/// <param name="First">The first pictures, chosen by nothing but their order: true labels on the left, found ones on
/// the
/// right.</param>
/// <param name="Worst">The pictures with the most wrong pixels.</param>
/// <param name="Skipped">Pictures that could not be read.</param>
public sealed record MaskHeldOut(SegmentationMetrics Metrics, IReadOnlyList<ReportPicture> First,
    IReadOnlyList<ReportPicture> Worst, IReadOnlyList<string> Skipped)
{
    private const int FirstCount = 12, WorstCount = 8;

    /// <summary>Scores and measures a data set picture by picture.</summary>
    /// <param name="segmenter">The network.</param>
    /// <param name="data">Pictures with masks, whose classes are found by their names; pixels of those that the network lacks do
    /// not count.</param>
    /// <param name="leastPixels">The fewest pixels of a predicted object; smaller ones are taken for noise.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="DatasetException">
    /// The data shares no class with the network, a mask does not fit, or no picture can be read.
    /// </exception>
    public static MaskHeldOut Read(Segmenter segmenter, DetectionDataset data, int leastPixels = 8, CancellationToken cancel = default)
    {
        var numbers = new MaskClasses(data.Source, [.. data.Categories.Select(c => c.Name)], segmenter.Model.Classes).Numbers;
        var evaluation = new SegmentationEvaluation(segmenter.Model.Classes) { LeastPixels = leastPixels };
        var (first, worst, skipped) = (new List<ReportPicture>(), new PriorityQueue<ReportPicture, double>(), new List<string>());
        using ImageDecoder decoder = new();
        using ImageEncoder encoder = new(ImageFormat.Jpeg);
        foreach (var image in data.Images)
        {
            cancel.ThrowIfCancellationRequested();
            if (Decoded(image, decoder, skipped) is not var (pixels, truth))
                continue;
            truth = Renumbered(truth, numbers);
            var found = segmenter.Segment(pixels).Labels;
            evaluation.Add(truth, found);
            var wrong = truth.Classes.Where((t, i) => t != LabelMap.Ignored && t != found.Classes[i]).Count()
                / (double)truth.Classes.Length;
            if (first.Count >= FirstCount && worst.Count >= WorstCount && worst.TryPeek(out _, out var least) && least > wrong)
                continue;
            var picture = Picture(image, pixels, truth, found, wrong, encoder);
            if (first.Count < FirstCount)
                first.Add(picture);
            worst.Enqueue(picture, wrong);
            if (worst.Count > WorstCount)
                worst.Dequeue();
        }
        if (skipped.Count == data.Images.Length)
            throw new DatasetException(data.Source, "", "no picture with a mask can be read"
                + string.Concat(skipped.Take(1).Select(problem => $"; {problem}")), "Check the files.");
        var sorted = new List<ReportPicture>();
        while (worst.TryDequeue(out var picture, out _))
            sorted.Insert(0, picture);
        return new(evaluation.Metrics(), first, sorted, skipped);
    }

    private static (RgbImage Pixels, LabelMap Truth)? Decoded(LabeledImage image, ImageDecoder decoder, List<string> skipped)
    {
        try
        {
            return image.Mask is null ? null : (decoder.DecodeFile(image.Path), image.Mask.Read());
        }
        catch (UnreadableImageException error)
        {
            skipped.Add(error.Message);
            return null;
        }
    }

    private static LabelMap Renumbered(LabelMap map, byte[] numbers) =>
        new(map.Width, map.Height, Array.ConvertAll(map.Classes, c => c < numbers.Length ? numbers[c] : LabelMap.Ignored))
        {
            Instances = map.Instances,
        };

    private static ReportPicture Picture(LabeledImage image, RgbImage pixels, LabelMap truth, LabelMap found, double wrong,
        ImageEncoder encoder)
    {
        var both = MaskOverlay.Beside(MaskOverlay.Draw(pixels, truth), MaskOverlay.Draw(pixels, found));
        return new(image.FileName, encoder.Encode(both), both.Width, both.Height, [], [])
        {
            Caption = FormattableString.Invariant($"true and found; {100 * wrong:0.0} % of the pixels wrong"),
        };
    }
}
