using System.Runtime.InteropServices;
using Google.Protobuf;

namespace MLNet.Detection.Tracking;

/// <summary>
/// TensorBoard's messages, field by field as
/// https://github.com/tensorflow/tensorboard/tree/master/tensorboard/compat/proto defines them: event.proto,
/// summary.proto, tensor.proto, and plugins/pr_curve/plugin_data.proto.
/// </summary>
internal static class EventMessage
{
    private const int Float = 1, TensorClass = 2;

    /// <summary>The first event of a file.</summary>
    public static byte[] Version(double time) => Message(o =>
    {
        Double(o, 1, time);
        Text(o, 3, "brain.Event:2");
    });

    /// <summary>An event with values of a step.</summary>
    public static byte[] Event(double time, long step, IEnumerable<byte[]> values) => Message(o =>
    {
        Double(o, 1, time);
        Number(o, 2, step);
        Nested(o, 5, Message(summary =>
        {
            foreach (var value in values)
                Nested(summary, 1, value);
        }));
    });

    /// <summary>A number.</summary>
    public static byte[] Scalar(string tag, double value) => Message(o =>
    {
        Text(o, 1, tag);
        o.WriteTag(2, WireFormat.WireType.Fixed32);
        o.WriteFloat((float)value);
    });

    /// <summary>A picture, encoded as PNG or JPEG.</summary>
    public static byte[] Image(string tag, int width, int height, byte[] encoded) => Message(o =>
    {
        Text(o, 1, tag);
        Nested(o, 4, Message(image =>
        {
            Number(image, 1, height);
            Number(image, 2, width);
            Number(image, 3, 3);
            Nested(image, 4, encoded);
        }));
    });

    /// <summary>A curve of precision and recall: rows of right and wrong detections, right and wrong rejections,
    /// precision and recall, a column for each threshold from 0 to 1.</summary>
    public static byte[] PrecisionRecall(string tag, float[,] rows) => Message(o =>
    {
        Text(o, 1, tag);
        Nested(o, 9, Message(metadata =>
        {
            Nested(metadata, 1, Message(plugin =>
            {
                Text(plugin, 1, "pr_curves");
                Nested(plugin, 2, Message(data => Number(data, 2, rows.GetLength(1))));
            }));
            Number(metadata, 4, TensorClass);
        }));
        Nested(o, 8, Message(tensor =>
        {
            Number(tensor, 1, Float);
            Nested(tensor, 2, Message(shape =>
            {
                for (var axis = 0; axis < 2; axis++)
                    Nested(shape, 2, Message(dim => Number(dim, 1, rows.GetLength(axis))));
            }));
            Nested(tensor, 4, MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref rows[0, 0], rows.Length)).ToArray());
        }));
    });

    private static byte[] Message(Action<CodedOutputStream> write)
    {
        using var memory = new MemoryStream();
        using (var output = new CodedOutputStream(memory, leaveOpen: true))
            write(output);
        return memory.ToArray();
    }

    private static void Double(CodedOutputStream o, int field, double value)
    {
        o.WriteTag(field, WireFormat.WireType.Fixed64);
        o.WriteDouble(value);
    }

    private static void Number(CodedOutputStream o, int field, long value)
    {
        o.WriteTag(field, WireFormat.WireType.Varint);
        o.WriteInt64(value);
    }

    private static void Text(CodedOutputStream o, int field, string value)
    {
        o.WriteTag(field, WireFormat.WireType.LengthDelimited);
        o.WriteString(value);
    }

    private static void Nested(CodedOutputStream o, int field, byte[] value)
    {
        o.WriteTag(field, WireFormat.WireType.LengthDelimited);
        o.WriteBytes(ByteString.CopyFrom(value));
    }
}
