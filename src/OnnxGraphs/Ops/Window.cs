using OnnxGraphs.Graphs;

namespace OnnxGraphs.Ops;

/// <summary>A sliding window over the spatial axes of [N, C, ...]: what Conv and the pools share.</summary>
internal sealed record Window(long[] Kernel, long[] Strides, long[] Dilations, long[] Before, long[] After)
{
    public int Rank => Kernel.Length;

    public bool IsUnit => Strides.All(s => s == 1);

    public bool HasPadding => Before.Concat(After).Any(p => p != 0);

    /// <summary>Reads strides, dilations and padding (given or automatic) from a node's attributes.</summary>
    public static Window Of(Node x, long[] kernel)
    {
        var rank = kernel.Length;
        var strides = x.Attributes.Ints("strides") ?? [.. Enumerable.Repeat(1L, rank)];
        var dilations = x.Attributes.Ints("dilations") ?? [.. Enumerable.Repeat(1L, rank)];
        var pads = x.Attributes.Ints("pads")?.ToArray() ?? new long[2 * rank];
        if (strides.Length != rank || dilations.Length != rank || pads.Length != 2 * rank
            || x[0].Shape.Rank != rank + 2)
            throw new GraphException($"{x}: a window of {rank} axes over {x[0].Shape} needs {rank} strides and "
                + $"dilations and {2 * rank} pads; found strides [{string.Join(", ", strides)}], "
                + $"dilations [{string.Join(", ", dilations)}], pads [{string.Join(", ", pads)}].");
        var auto = x.Attributes.Text("auto_pad", "NOTSET");
        if (auto is "SAME_UPPER" or "SAME_LOWER")
            for (var i = 0; i < rank; i++)
            {
                var size = x[0].Shape[i + 2];
                var output = (size + strides[i] - 1) / strides[i];
                var total = Math.Max(0, (output - 1) * strides[i] + (kernel[i] - 1) * dilations[i] + 1 - size);
                pads[i] = auto == "SAME_UPPER" ? total / 2 : total - total / 2;
                pads[i + rank] = total - pads[i];
            }
        return new(kernel, strides, dilations, pads[..rank], pads[rank..]);
    }

    /// <summary>Extent of the window on axis i, dilation included.</summary>
    public long Extent(int i) => (Kernel[i] - 1) * Dilations[i] + 1;

    /// <summary>Spatial output sizes for an input shape [N, C, ...].</summary>
    public long[] Output(TensorShape input, bool ceil = false)
    {
        var sizes = new long[Rank];
        for (var i = 0; i < Rank; i++)
        {
            var room = input[i + 2] + Before[i] + After[i] - Extent(i);
            if (room < 0)
                throw new GraphException($"A window that spans {Extent(i)} does not fit into axis {i + 2} of {input} "
                    + "with its padding.");
            sizes[i] = (ceil ? (room + Strides[i] - 1) / Strides[i] : room / Strides[i]) + 1;
            // A window of ceil mode must start inside the input or its leading padding.
            if (ceil && (sizes[i] - 1) * Strides[i] >= input[i + 2] + Before[i])
                sizes[i]--;
        }
        return sizes;
    }

    /// <summary>The transposed convolution that spreads y [N, K, ...] back over an input of the given shape.</summary>
    public Var Transposed(Var y, Var weights, long group, TensorShape input)
    {
        var rest = new long[Rank];
        var after = After.ToArray();
        for (var i = 0; i < Rank; i++)
        {
            var covered = (y.Shape[i + 2] - 1) * Strides[i] + Extent(i) - Before[i];
            after[i] = Math.Max(0, covered - input[i + 2]);
            rest[i] = Math.Max(0, input[i + 2] - covered);
        }
        var within = rest.Zip(Strides, Dilations).All(r => r.First < Math.Max(r.Second, r.Third));
        var x = Op.Apply("ConvTranspose", [y, weights], new()
        {
            { "strides", Strides }, { "dilations", Dilations }, { "pads", Before.Concat(after).ToArray() },
                { "group", group },
            { "output_padding", within ? rest : new long[Rank] },
        });
        return within ? x : Op.Pad(x, [0, 0, .. new long[Rank], 0, 0, .. rest]);
    }
}
