using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Boxes;
using MLNet.Detection.Images;
using MLNet.Detection.Interop;

namespace MLNet.Detection.Estimators;

/// <summary>The true boxes of a row in pixels of the network's input.</summary>
internal sealed class TruthReader
{
    private readonly DataViewRow _row;
    private readonly AnchorTargetOptions _options;
    private readonly ValueGetter<VBuffer<float>> _boxes;
    private readonly Func<ResizeTransform> _transform;
    private VBuffer<float> _corners;

    public TruthReader(DataViewRow row, AnchorTargetOptions options)
    {
        (_row, _options) = (row, options);
        _boxes = row.GetGetter<VBuffer<float>>(row.Schema[options.BoundingBoxColumnName]);
        _transform = options.Resize is { } resize ? FromSize(resize) : FromColumn();
    }

    public static IEnumerable<InputColumn> Inputs(AnchorTargetOptions options)
    {
        InputColumn Floats(string name, string option) =>
            new(name, NumberDataViewType.Single, option) { IsVector = true };
        InputColumn Pixels(string name, string option) => new(name, NumberDataViewType.Int32, option);

        yield return Floats(options.BoundingBoxColumnName, nameof(options.BoundingBoxColumnName));
        if (options.Resize is null)
            yield return Floats(
                options.ResizeTransformColumnName,
                $"{nameof(options.ResizeTransformColumnName)}, or set {nameof(options.Resize)}");
        else
        {
            yield return Pixels(options.WidthColumnName, nameof(options.WidthColumnName));
            yield return Pixels(options.HeightColumnName, nameof(options.HeightColumnName));
        }
    }

    public Box[] Read()
    {
        _boxes(ref _corners);
        if (_corners.Length % 4 != 0)
            throw Error(_options.BoundingBoxColumnName, $"{_corners.Length} numbers", "4 a box");
        var boxes = new Box[_corners.Length / 4];
        _corners.CopyTo(MemoryMarshal.Cast<Box, float>(boxes.AsSpan()));
        foreach (var (i, box) in boxes.Index())
            if (!float.IsFinite(box.X0 + box.Y0 + box.X1 + box.Y1))
                throw Error(_options.BoundingBoxColumnName, $"a box {i + 1} that is {box}", "finite numbers");
        var transform = _transform();
        for (var i = 0; i < boxes.Length; i++)
            boxes[i] = transform.ToNetwork(boxes[i]);
        return boxes;
    }

    /// <summary>What is said of a value that does not belong to the others of its row.</summary>
    public InvalidDataException Error(string column, string found, string expected) => new(
        $"Row {_row.Position}, column '{column}': found {found}, expected {expected}. "
        + "Correct the data, or name another column.");

    private Func<ResizeTransform> FromSize(ImageResize resize)
    {
        var width = _row.GetGetter<int>(_row.Schema[_options.WidthColumnName]);
        var height = _row.GetGetter<int>(_row.Schema[_options.HeightColumnName]);
        return () =>
        {
            var (w, h) = (0, 0);
            width(ref w);
            height(ref h);
            return w > 0 && h > 0 ? resize.TransformFor(w, h)
                : throw Error(
                    $"{_options.WidthColumnName}, {_options.HeightColumnName}", $"{w} x {h}", "positive sizes");
        };
    }

    private Func<ResizeTransform> FromColumn()
    {
        var getter = _row.GetGetter<VBuffer<float>>(_row.Schema[_options.ResizeTransformColumnName]);
        VBuffer<float> value = default;
        return () =>
        {
            getter(ref value);
            return TransformColumn.Read(value) ?? throw Error(
                _options.ResizeTransformColumnName, $"{value.Length} numbers", "2 scales and 2 offsets");
        };
    }
}
