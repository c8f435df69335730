using Microsoft.ML;
using MLNet.Detection.Evaluation;
using MLNet.Detection.Evaluation.Masks;
using MLNet.Detection.Images;
using MLNet.Detection.Masks;
using MLNet.Detection.Networks;
using MLNet.Detection.Segmentation;
using OnnxGraphs.Distributed;
using OnnxGraphs.Runtime;

namespace MLNet.Detection.Training;

/// <summary>
/// Segmentation networks on a validation set, in the pixels of its pictures. Each rank measures the pictures of its share,
/// rank 0 adds them up in their order: the metrics are those of one process.
/// </summary>
internal sealed class SegmentationValidation(IDataView data, SegmentationTrainer.Options options, Device device,
    CacheBudget budget) : ValidationRun(data, new WholePictures(options), options, budget)
{
    private readonly WholePictures _task = new(options);
    private IRanks _ranks = new SingleRank();

    public override void Begin(IRanks ranks)
    {
        _ranks = ranks;
        var shares = ranks.Gather([.. BitConverter.GetBytes(Store.Rows), .. BitConverter.GetBytes(Store.Samples.Count)]).ToList();
        if (shares.FindIndex(share => BitConverter.ToInt64(share) != Store.Rows) is > 0 and var other)
            throw new InvalidOperationException($"Rank {other} has another {nameof(TrainingOptions.ValidationSet)} than rank 0. Give all "
                + "ranks the same files.");
        if (ranks.IsFirst() && shares.All(share => BitConverter.ToInt32(share, sizeof(long)) == 0))
            _task.Check(nameof(options.ValidationSet), [], Store.Problems, toLearn: false);
    }

    public override IEpochMetrics? Evaluate(PictureNetwork model)
    {
        using var segmenter = new Segmenter((SegmenterModel)model, options.Slices.Places, device);
        // Boundaries would take longer than the network; a report has them.
        var evaluation = new SegmentationEvaluation(model.Classes)
        {
            LeastPixels = options.LeastPixels, BoundaryDistance = 0,
        };
        using var bytes = new MemoryStream();
        using var to = new BinaryWriter(bytes);
        foreach (var chunk in Enumerable.Range(0, Store.Samples.Count).Chunk(segmenter.BatchSize))
        {
            var pictures = chunk.Select(i => Store.Picture(i)!).ToList();
            foreach (var (i, (picture, found)) in chunk.Zip(pictures.Zip(segmenter.Segment([.. pictures.Select(p => p.Image)]))))
            {
                to.Write(Store.Samples[i].Row);
                evaluation.Score(picture.Labels!, found.Labels).Write(to);
            }
        }
        to.Flush();
        var all = _ranks.Gather(bytes.ToArray()).SelectMany(Scores).OrderBy(picture => picture.Row).ToList();
        foreach (var (_, score) in all)
            evaluation.Add(score);
        return _ranks.IsFirst() ? evaluation.Metrics() : null;
    }

    private static IEnumerable<(long Row, PictureScore Score)> Scores(byte[] bytes)
    {
        using var from = new BinaryReader(new MemoryStream(bytes));
        while (from.BaseStream.Position < bytes.Length)
            yield return (from.ReadInt64(), PictureScore.Read(from));
    }

    // Pictures as they are, and their true labels.
    private sealed class WholePictures(SegmentationTrainer.Options options) : SegmentationTask(options)
    {
        public override (ResizedImage Image, LabelMap? Labels) Fit(SampleRow row, ImageDecoder decoder) => Whole(row, decoder);
    }
}
