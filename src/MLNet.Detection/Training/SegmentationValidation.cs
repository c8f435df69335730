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

/// <summary>Segmentation networks on a validation set, in the pixels of its pictures.</summary>
internal sealed class SegmentationValidation(IDataView data, SegmentationTrainer.Options options, Device device,
    CacheBudget budget) : ValidationRun(data, new WholePictures(options), options, budget, RankShare.Whole)
{
    private readonly WholePictures _task = new(options);

    public override void Begin(IRanks ranks) =>
        _task.Check(nameof(options.ValidationSet), Store.Samples, Store.Problems, toLearn: false);

    public override IEpochMetrics Evaluate(PictureNetwork model)
    {
        using var segmenter = new Segmenter((SegmenterModel)model, options.Slices.Places, device);
        // Boundaries would take longer than the network; a report has them.
        var evaluation = new SegmentationEvaluation(model.Classes)
        {
            LeastPixels = options.LeastPixels, BoundaryDistance = 0,
        };
        foreach (var chunk in Enumerable.Range(0, Store.Samples.Count).Chunk(segmenter.BatchSize))
        {
            var pictures = chunk.Select(i => Store.Picture(i)!).ToList();
            foreach (var (picture, found) in pictures.Zip(segmenter.Segment([.. pictures.Select(p => p.Image)])))
                evaluation.Add(picture.Labels!, found.Labels);
        }
        return evaluation.Metrics();
    }

    // Pictures as they are, and their true labels.
    private sealed class WholePictures(SegmentationTrainer.Options options) : SegmentationTask(options)
    {
        public override (ResizedImage Image, LabelMap? Labels) Fit(SampleRow row, ImageDecoder decoder) => Whole(row, decoder);
    }
}
