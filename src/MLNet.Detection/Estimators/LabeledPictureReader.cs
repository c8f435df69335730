using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Augmentation;
using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Images;
using MLNet.Detection.Interop;

namespace MLNet.Detection.Estimators;

/// <summary>The picture of a row with its boxes, or that of any row of a window.</summary>
internal sealed class LabeledPictureReader(DataViewRow row, PictureStepOptions options)
{
    /// <summary>What the row shows.</summary>
    public LabeledPicture Read() => Read(new(row, null, 0));

    /// <summary>What a row of the window shows.</summary>
    public LabeledPicture Read(LookaheadCursor window, int slot) => Read(new(row, window, slot));

    private LabeledPicture Read(Place place)
    {
        var image = place.Value<RgbImage>(options.PictureColumnName)!;
        var boxes = BoxConversion.ToBoxes(
            place.Vector<float>(options.BoundingBoxColumnName, null)!, BoxFormat.Xyxy);
        if (boxes.Any(box => !float.IsFinite(box.X0 + box.Y0 + box.X1 + box.Y1)))
            throw new InvalidDataException($"Row {place.Position}, column '{options.BoundingBoxColumnName}': a "
                + "coordinate is not a finite number. Correct the data, or name another column.");
        var labels = place.Vector<uint>(options.LabelColumnName, boxes.Length)!;
        var crowd = place.Vector<bool>(options.CrowdColumnName, boxes.Length);
        var difficult = place.Vector<bool>(options.DifficultColumnName, boxes.Length);
        var areas = place.Vector<float>(options.AreaColumnName, boxes.Length);
        return new(image, [.. boxes.Select((box, i) => new LabeledBox(
            box, (int)labels[i] - 1, areas?[i] ?? box.Area, crowd?[i] ?? false, difficult?[i] ?? false))]);
    }

    // A row: the one that a cursor shows, or one of those it has read ahead.
    private readonly struct Place(DataViewRow row, LookaheadCursor? window, int slot)
    {
        public T? Value<T>(string name)
        {
            T value = default!;
            var column = row.Schema[name];
            if (window is null)
                row.GetGetter<T>(column)(ref value);
            else
                window.Read(column, slot, ref value);
            return value;
        }

        public long Position => window?.PositionOf(slot) ?? row.Position;

        // Null where there is no such column.
        public T[]? Vector<T>(string? name, int? boxes)
        {
            if (name is null || row.Schema.GetColumnOrNull(name) is null)
                return null;
            T[] values = [.. Value<VBuffer<T>>(name).DenseValues()];
            if (boxes is null ? values.Length % 4 == 0 : values.Length == boxes)
                return values;
            throw new InvalidDataException(
                $"Row {Position}, column '{name}': found {values.Length} values, expected "
                + $"{(boxes is null ? "4 a box" : $"{boxes}, one a box")}. Correct the data, or name another column.");
        }
    }
}
