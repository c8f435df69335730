using OnnxGraphs.Graphs;

namespace OnnxGraphs.Tests.Threads;

/// <summary>Tensors repeated along an axis.</summary>
internal static class Tiles
{
    /// <summary>The tensor, so many times one after the other along an axis.</summary>
    public static Tensor Of(Tensor tensor, int axis, int times)
    {
        if (tensor.Shape.Rank == 0 || tensor.Shape.Size == 0)
            return tensor;
        var place = tensor.Shape.Axis(axis < 0 || axis < tensor.Shape.Rank ? axis : 0);
        var outer = tensor.Shape.Take(place).Aggregate(1L, (a, b) => a * b);
        var block = tensor.Data.Length / (int)outer;
        var data = new byte[tensor.Data.Length * times];
        for (var i = 0; i < outer; i++)
            for (var t = 0; t < times; t++)
                tensor.Data.AsSpan(i * block, block).CopyTo(data.AsSpan((i * times + t) * block));
        return new(tensor.Type, tensor.Shape.With(place, tensor.Shape[place] * times), data);
    }
}
