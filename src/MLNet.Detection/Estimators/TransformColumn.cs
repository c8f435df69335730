using Microsoft.ML.Data;
using MLNet.Detection.Images;

namespace MLNet.Detection.Estimators;

/// <summary>A resize transform as the four numbers of a column.</summary>
internal static class TransformColumn
{
    public static void Write(ResizeTransform transform, ref VBuffer<float> value)
    {
        var editor = VBufferEditor.Create(ref value, 4);
        (editor.Values[0], editor.Values[1], editor.Values[2], editor.Values[3]) = transform;
        value = editor.Commit();
    }

    /// <summary>Null where there are not four numbers.</summary>
    public static ResizeTransform? Read(in VBuffer<float> value) => value.Length != 4 ? null
        : new(value.GetItemOrDefault(0), value.GetItemOrDefault(1), value.GetItemOrDefault(2),
            value.GetItemOrDefault(3));
}
