using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace MLNet.Detection.Heads;

/// <summary>
/// Channels of a map that hold one thing for each anchor of a cell: channel = First + anchor Step + column. A step of 0
/// means that the anchors of a cell share it.
/// </summary>
/// <param name="Map">Name of the value [batch, channels, height, width].</param>
/// <param name="Columns">Numbers of an anchor.</param>
/// <param name="First">The first channel.</param>
/// <param name="Step">Channels from an anchor to the next.</param>
public sealed record ChannelSlice(string Map, int Columns, int First, int Step)
{
    /// <summary>All channels of a map, anchor by anchor.</summary>
    public static ChannelSlice Whole(string map, int columns) => new(map, columns, 0, columns);

    /// <summary>[B, channels, H, W] as [B, H W anchors, columns]: the order row, column, anchor.</summary>
    internal Var Rows(Var map, int anchors)
    {
        var whole = First == 0 && Step == Columns && map.Shape[1] == anchors * Columns;
        var table = whole ? map : Op.Concat([.. Enumerable.Range(0, anchors).Select(anchor =>
            Op.Slice(map, 1, First + anchor * Step, First + anchor * Step + Columns))], 1);
        return Op.Reshape(Op.Transpose(table, 0, 2, 3, 1), map.Shape[0], map.Shape[2] * map.Shape[3] * anchors, Columns);
    }
}
