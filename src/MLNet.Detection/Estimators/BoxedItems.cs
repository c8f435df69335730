using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Boxes;
using MLNet.Detection.Interop;

namespace MLNet.Detection.Estimators;

/// <summary>The objects of a row as columns with one entry, or one box, an object.</summary>
internal abstract class BoxedItems<TItem>(DataViewRow input) : RowValues(input)
{
    /// <summary>The objects, once the row is computed.</summary>
    protected abstract IReadOnlyList<TItem> Items { get; }

    /// <summary>A column with a value an object.</summary>
    protected ValueGetter<VBuffer<T>> Each<T>(Func<TItem, T> select) => Computed((ref VBuffer<T> value) =>
    {
        var editor = VBufferEditor.Create(ref value, Items.Count);
        for (var i = 0; i < Items.Count; i++)
            editor.Values[i] = select(Items[i]);
        value = editor.Commit();
    });

    /// <summary>A column with x0, y0, x1, y1 of each object.</summary>
    protected ValueGetter<VBuffer<float>> Corners(Func<TItem, Box> select) => Computed((ref VBuffer<float> value) =>
    {
        var editor = VBufferEditor.Create(ref value, 4 * Items.Count);
        var boxes = MemoryMarshal.Cast<float, Box>(editor.Values);
        for (var i = 0; i < boxes.Length; i++)
            boxes[i] = select(Items[i]);
        value = editor.Commit();
    });
}
