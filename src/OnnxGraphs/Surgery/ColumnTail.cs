using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Surgery;

/// <summary>
/// The operators behind a head's maps that spell the number of columns out: target shapes of Reshape and Expand, sizes
/// of Split, bounds of Slice, indices of Gather. The columns are followed from the maps on, axis by axis, so that even
/// a single one is not taken for something else.
/// </summary>
/// <param name="changed">The model with new weights; it is changed.</param>
/// <param name="shapes">Shapes of the values as they were.</param>
/// <param name="to">The new number of classes.</param>
internal sealed class ColumnTail(OnnxModel changed, IReadOnlyDictionary<string, TensorShape> shapes, int to)
{
    private readonly Dictionary<string, ColumnPlace> _places = [];

    /// <summary>Puts the operators right.</summary>
    public void Resize(IReadOnlyList<MapColumns> maps)
    {
        foreach (var map in maps)
            _places[map.Map] = new(1, 1, map.Columns, map.First, map.Classes);
        foreach (var node in changed.Proto.Graph.Node.ToList())
            if (!node.Output.Any(_places.ContainsKey)
                && node.Input.FirstOrDefault(_places.ContainsKey) is { } input && shapes.ContainsKey(input))
                Follow(node, input, _places[input], shapes[input]);
    }

    private void Follow(NodeProto node, string input, ColumnPlace place, TensorShape before)
    {
        if (node.OpType == "Split")
            Split(node, place, before);
        else if (shapes.TryGetValue(node.Output[0], out var after) && Through(node, input, place, before, after) is { } on)
            _places[node.Output[0]] = on;
    }

    private ColumnPlace? Through(
        NodeProto node, string input, ColumnPlace place, TensorShape before, TensorShape after) => node.OpType switch
    {
        "Transpose" => place with { Axis = Array.IndexOf(Permutation(node, before), place.Axis) },
        "Resize" => Sized(node, place, after),
        "Reshape" or "Expand" => Reshape(node, place.Reshaped(before, after), after),
        "Flatten" or "Squeeze" or "Unsqueeze" => place.Reshaped(before, after),
        "Concat" => Joined(node, input, place, after),
        "Slice" => Sliced(node, place, before, after),
        "Gather" => Gathered(node, place, before, after),
        "GatherElements" => Picked(node, input, place, before),
        "Shape" or "Size" or "TopK" or "ArgMax" or "NonMaxSuppression" => null,
        _ when after.Rank == before.Rank && after[place.Axis] == before[place.Axis] => place,
        // One operand is broadcast to the other's rank.
        _ when after.Rank > before.Rank && after[place.Axis + after.Rank - before.Rank] == before[place.Axis] =>
            place with { Axis = place.Axis + after.Rank - before.Rank },
        _ => null,
    };

    private ColumnPlace Reshape(NodeProto node, ColumnPlace place, TensorShape after)
    {
        if (after[place.Axis] % place.Columns == 0)
            ShapeConstants.RescaleEntry(changed, node, place.Axis, place.Columns, place.Columns - place.Classes + to);
        return place;
    }

    // The sizes of a Resize count the columns.
    private ColumnPlace Sized(NodeProto node, ColumnPlace place, TensorShape after)
    {
        if (node.Input.Count > 3 && node.Input[3].Length > 0 && place.Alone(after)
            && ShapeConstants.Constant(changed, node.Input[3])?.ToInt64() is { } sizes && sizes[place.Axis] == place.Columns)
        {
            sizes[place.Axis] += to - place.Classes;
            node.Input[3] = ShapeConstants.Store(changed.Proto.Graph, node.Input[3], sizes);
        }
        return place;
    }

    private ColumnPlace Joined(NodeProto node, string input, ColumnPlace place, TensorShape after)
    {
        if ((Attribute(node, "axis")?.I ?? 0) is var axis && after.Axis((int)axis) != place.Axis
            || !place.Alone(shapes[input]))
            return place;
        // Anchors that were taken apart come together again.
        if (node.Input.Count > 1 && node.Input.All(name => _places.TryGetValue(name, out var other) && other == place))
            return place;
        var first = node.Input.TakeWhile(name => name != input).Sum(name => shapes[name][place.Axis]);
        return place with { First = place.First + (int)first, Columns = (int)after[place.Axis] };
    }

    private void Split(NodeProto node, ColumnPlace place, TensorShape before)
    {
        var own = before.Axis((int)(Attribute(node, "axis")?.I ?? 0)) == place.Axis;
        var pieces = node.Output.Select(name => shapes.GetValueOrDefault(name)).ToList();
        if (pieces.Any(piece => piece is null))
            return;
        var sizes = pieces.Select(piece => piece![place.Axis]).ToArray();
        var first = 0L;
        for (var i = 0; i < sizes.Length; i++)
        {
            var start = first;
            first += sizes[i];
            if (!own || !place.Alone(before))
                _places[node.Output[i]] = place;
            else if (place.First >= start && place.First + place.Classes <= first)
            {
                _places[node.Output[i]] = place with { First = place.First - (int)start, Columns = (int)sizes[i] };
                sizes[i] += to - place.Classes;
            }
        }
        if (!own)
            return;
        // Whole anchors a piece.
        if (!place.Alone(before))
            sizes = [.. sizes.Select(size => size % place.Columns == 0
                ? size / place.Columns * (place.Columns - place.Classes + to) : size)];
        Store(node, "split", 1, sizes);
    }

    private ColumnPlace? Sliced(NodeProto node, ColumnPlace place, TensorShape before, TensorShape after)
    {
        if (after.Rank == before.Rank && after[place.Axis] == before[place.Axis])
            return place;
        if (place.Sub != 1 || before[place.Axis] % place.Columns != 0
            || Bounds(node, "starts", 1) is not { } starts || Bounds(node, "ends", 2) is not { } ends)
            return null;
        var axes = Bounds(node, "axes", 3) ?? [.. Enumerable.Range(0, starts.Length).Select(i => (long)i)];
        var at = Array.FindIndex(axes, axis => before.Axis((int)axis) == place.Axis);
        if (at < 0)
            return null;
        var length = before[place.Axis];
        long From(long bound) => Math.Clamp(bound < 0 ? bound + length : bound, 0, length);
        var (start, end) = (From(starts[at]), From(ends[at]));
        (starts[at], ends[at]) = (Moved(start, place), end == length ? int.MaxValue : Moved(end, place));
        Store(node, "starts", 1, starts);
        Store(node, "ends", 2, ends);
        if (start % place.Columns == 0 && end % place.Columns == 0)
            return place;
        var (first, within) = ((int)(start % place.Columns), end - start / place.Columns * place.Columns);
        return first <= place.First && within >= place.First + place.Classes && within <= place.Columns
            ? place with { First = place.First - first, Columns = (int)(end - start) } : null;
    }

    private ColumnPlace? Gathered(NodeProto node, ColumnPlace place, TensorShape before, TensorShape after)
    {
        if (before.Axis((int)(Attribute(node, "axis")?.I ?? 0)) is var axis && axis != place.Axis)
            return after.Rank == before.Rank ? place : after.Rank == before.Rank - 1
                ? place with { Axis = place.Axis - (axis < place.Axis ? 1 : 0) } : null;
        if (place.Alone(before) && ShapeConstants.Constant(changed, node.Input[1]) is { } indices)
        {
            var moved = Tensor.Of<long>(indices.Shape,
                [.. indices.ToInt64().Select(i => Moved(i < 0 ? i + place.Columns : i, place))]);
            node.Input[1] = ShapeConstants.Store(changed.Proto.Graph, node.Input[1], moved);
        }
        return null;
    }

    // Rows that were chosen: their numbers are repeated for each column.
    private ColumnPlace? Picked(NodeProto node, string input, ColumnPlace place, TensorShape before)
    {
        if (input != node.Input[0] || before.Axis((int)(Attribute(node, "axis")?.I ?? 0)) == place.Axis)
            return null;
        if (place.Alone(before) && changed.Producers.GetValueOrDefault(node.Input[1]) is { OpType: "Tile" or "Expand" } repeat
            && ShapeConstants.Constant(changed, repeat.Input[1])?.ToInt64() is { } counts
            && counts.Length == before.Rank && counts[place.Axis] == place.Columns)
        {
            counts[place.Axis] += to - place.Classes;
            repeat.Input[1] = ShapeConstants.Store(changed.Proto.Graph, repeat.Input[1], counts);
        }
        return place;
    }

    // What lies behind the classes moves with them, anchor by anchor.
    private long Moved(long column, ColumnPlace place) => column + (to - place.Classes)
        * (column / place.Columns + (column % place.Columns >= place.First + place.Classes ? 1 : 0));

    private long[]? Bounds(NodeProto node, string name, int input) => node.Input.Count > input
        ? node.Input[input].Length > 0 ? ShapeConstants.Constant(changed, node.Input[input])?.ToInt64() : null
        : Attribute(node, name)?.Ints.ToArray();

    // Since opset 10 (Slice) and 13 (Split) numbers are inputs, before they were attributes.
    private void Store(NodeProto node, string name, int input, long[] values)
    {
        if (Attribute(node, name) is { } attribute)
        {
            attribute.Ints.Clear();
            attribute.Ints.Add(values);
        }
        else if (node.Input.Count > input)
            node.Input[input] = ShapeConstants.Store(changed.Proto.Graph, node.Input[input], values);
    }

    private static int[] Permutation(NodeProto node, TensorShape shape) => Attribute(node, "perm") is { } perm
        ? [.. perm.Ints.Select(i => (int)i)] : [.. Enumerable.Range(0, shape.Rank).Reverse()];

    private static AttributeProto? Attribute(NodeProto node, string name) =>
        node.Attribute.FirstOrDefault(attribute => attribute.Name == name);
}
