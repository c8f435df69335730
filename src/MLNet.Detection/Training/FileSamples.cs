using System.Collections.Concurrent;
using MLNet.Detection.Data;
using MLNet.Detection.Heads;
using MLNet.Detection.Images;

namespace MLNet.Detection.Training;

/// <summary>
/// Images that are decoded when they are asked for. Those that come first are kept, as many as there is memory for; the
/// others are decoded each time. Nothing is held of a row but a few numbers: labels are made anew from the data set.
/// </summary>
internal sealed class FileSamples : SampleStore
{
    private readonly FileRows _rows;
    private readonly TrainingTask _task;
    private readonly CacheBudget _budget;
    private readonly ImageDecoder _decoder;
    private readonly RowBoxes _boxes;
    private readonly int[] _own;
    private readonly byte[]?[] _kept;
    private readonly ConcurrentDictionary<int, (int Width, int Height)> _otherSizes = [];
    private readonly ConcurrentDictionary<int, string> _unreadable = [];

    /// <summary>Looks at all annotations, at no picture.</summary>
    public FileSamples(FileRows rows, TrainingTask task, ImageDecoderOptions decoding, CacheBudget budget, RankShare share)
    {
        (_rows, _task, _budget, _decoder) = (rows, task, budget, new(decoding));
        _boxes = new(task.BoxColumn);
        for (var row = 0; row < rows.Count; row++)
            _boxes.Look(rows[row]);
        _boxes.Decide();
        _own = [.. Enumerable.Range(0, rows.Count).Where(row => share.Has(row))];
        _kept = new byte[_own.Length][];
        for (var i = 0; i < _own.Length; i++)
            _ = Labels(i, say: true);
        Samples = new ComputedList<Sample>(_own.Length, i => Labels(i, say: false));
    }

    public override IReadOnlyList<Sample> Samples { get; }

    public override IReadOnlyList<DatasetProblem> Problems => _boxes.Problems;

    public override IReadOnlyList<string> Skipped =>
        [.. _unreadable.OrderBy(picture => picture.Key).Select(picture => picture.Value)];

    public override bool IsDecoded => false;

    public override long Rows => _boxes.Hash;

    public override LabeledPicture? Picture(int index) =>
        Pixels(index) is { } pixels ? new(pixels, Samples[index].Labels()) : null;

    public override RgbImage? Pixels(int index)
    {
        if (_kept[index] is { } kept)
            return new(_task.Model.Resize.Width, _task.Model.Resize.Height, [.. kept]);
        if (_unreadable.ContainsKey(index))
            return null;
        try
        {
            var (fitted, _) = _task.Fit(_rows.Open(_own[index]), _decoder);
            if (fitted.Original != SizeOf(index))
                _otherSizes[index] = fitted.Original;
            Keep(index, fitted.Image.Pixels);
            return fitted.Image;
        }
        catch (UnreadableImageException error)
        {
            _unreadable[index] = error.Message;
            return null;
        }
    }

    public override void Dispose() => _decoder.Dispose();

    // Callers may change the pixels that they get.
    private void Keep(int index, byte[] pixels)
    {
        if (_budget.TryTake(pixels.Length)
            && Interlocked.CompareExchange(ref _kept[index], KeptPixels.Apart(pixels), null) is not null)
            _budget.Return(pixels.Length);
    }

    // The size that annotations give is replaced by the picture's own, once that is known.
    private (int Width, int Height) SizeOf(int index) =>
        _otherSizes.TryGetValue(index, out var other) ? other : _rows.SizeOf(_own[index]);

    private Sample Labels(int index, bool say)
    {
        var size = SizeOf(index);
        return _boxes.Sample(_rows[_own[index]], size, _task.Model.Resize.TransformFor(size.Width, size.Height), say);
    }
}
