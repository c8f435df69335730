using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Scoring;

namespace MLNet.Detection.Training;

/// <summary>What a rank says to rank 0 of its share of a validation set, as bytes.</summary>
internal static class ValidationShare
{
    /// <summary>The set as a rank sees it.</summary>
    /// <param name="Rows">Made of all rows of the set, those of other ranks too.</param>
    /// <param name="Truths">The objects of each row of the share.</param>
    /// <param name="Skipped">Images that could not be read.</param>
    /// <param name="Problems">Boxes that were corrected or left out.</param>
    public sealed record Set(long Rows, IReadOnlyList<(long Row, LabeledBox[] Objects)> Truths, IReadOnlyList<string> Skipped,
        IReadOnlyList<DatasetProblem> Problems)
    {
        public byte[] ToBytes() => Bytes(to =>
        {
            to.Write(Rows);
            List(to, Truths, row =>
            {
                to.Write(row.Row);
                List(to, row.Objects, label =>
                {
                    Write(to, label.Box);
                    to.Write(label.Category);
                    to.Write(label.Area);
                    to.Write(label.Crowd);
                });
            });
            List(to, Skipped, to.Write);
            List(to, Problems, problem =>
            {
                to.Write(problem.File);
                to.Write(problem.Place);
                to.Write(problem.Message);
                to.Write((int)problem.Kind);
            });
        });

        public static Set FromBytes(byte[] bytes)
        {
            using var from = new BinaryReader(new MemoryStream(bytes));
            return new(from.ReadInt64(), List(from, () => (from.ReadInt64(), List(from, () => new LabeledBox(
                    Box(from), from.ReadInt32(), from.ReadDouble(), from.ReadBoolean())))), List(from, from.ReadString),
                List(from, () => new DatasetProblem(from.ReadString(), from.ReadString(), from.ReadString())
                {
                    Kind = (DatasetProblemKind)from.ReadInt32(),
                }));
        }
    }

    /// <summary>What was found in the rows that could be read.</summary>
    public static byte[] ToBytes(IReadOnlyList<(long Row, DetectedObject[] Objects)> found) => Bytes(to =>
        List(to, found, row =>
        {
            to.Write(row.Row);
            List(to, row.Objects, o =>
            {
                to.Write(o.Class);
                to.Write(o.Score);
                Write(to, o.Box);
            });
        }));

    /// <summary>The way back.</summary>
    public static IReadOnlyList<(long Row, DetectedObject[] Objects)> FromBytes(byte[] bytes)
    {
        using var from = new BinaryReader(new MemoryStream(bytes));
        return List(from, () => (from.ReadInt64(), List(from, () => Found(from.ReadInt32(), from.ReadSingle(), Box(from)))));
    }

    private static byte[] Bytes(Action<BinaryWriter> write)
    {
        using var stream = new MemoryStream();
        using var to = new BinaryWriter(stream);
        write(to);
        to.Flush();
        return stream.ToArray();
    }

    private static void List<T>(BinaryWriter to, IReadOnlyList<T> items, Action<T> write)
    {
        to.Write(items.Count);
        foreach (var item in items)
            write(item);
    }

    private static T[] List<T>(BinaryReader from, Func<T> read)
    {
        var items = new T[from.ReadInt32()];
        for (var i = 0; i < items.Length; i++)
            items[i] = read();
        return items;
    }

    private static void Write(BinaryWriter to, Box box)
    {
        foreach (var corner in (ReadOnlySpan<float>)[box.X0, box.Y0, box.X1, box.Y1])
            to.Write(corner);
    }

    private static Box Box(BinaryReader from) => new(from.ReadSingle(), from.ReadSingle(), from.ReadSingle(), from.ReadSingle());

    private static DetectedObject Found(int category, float score, Box box) => new(box, category, score);
}
