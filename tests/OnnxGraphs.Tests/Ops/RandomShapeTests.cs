using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Tests;

/// <summary>
/// Shapes and attributes drawn at random, for what nobody thought of. A failure names the seed that draws it again.
/// </summary>
[TestClass]
public sealed class RandomShapeTests
{
    private const int Draws = 40;

    private static readonly Dictionary<string, Func<Random, OperatorCase?>> Families = new()
    {
        ["broadcast"] = Broadcast, ["convolution"] = Convolution, ["pool"] = Pool, ["slice"] = Slice,
            ["reduction"] = Reduction,
        ["product"] = Product, ["resize"] = Resize, ["gather"] = Gather,
    };

    public static IEnumerable<string> Names => Families.Keys;

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void GradientIsThatOfFiniteDifferences(string family)
    {
        var (seed, drawn) = (0, 0);
        for (; drawn < Draws; seed++)
            if (Families[family](new(seed)) is { } operation)
            {
                drawn++;
                try
                {
                    operation.Check();
                }
                catch (Exception error)
                {
                    throw new AssertFailedException($"seed {seed}, {operation}: {error.Message}", error);
                }
            }
    }

    private static OperatorCase Broadcast(Random random)
    {
        var whole = Dims(random, random.Next(1, 5), 0, 4);
        long[] Part() => [.. whole.Skip(random.Next(whole.Length + 1)).Select(dim => random.Next(3) == 0 ? 1 : dim)];
        var (a, b, c) = (Part(), Part(), Part());
        return new($"{Text(a)} {Text(b)} {Text(c)}", x => Op.Sigmoid(x[0] * x[1] + x[2]) * (x[1] - x[2]) + Op.Exp(x[0]),
            Values(random, a), Values(random, b), Values(random, c));
    }

    private static OperatorCase? Convolution(Random random)
    {
        var rank = random.Next(1, 4);
        var group = random.Next(1, 4);
        var (channels, filters) = (group * random.Next(1, 3), group * random.Next(1, 3));
        var large = rank == 2 && random.Next(3) == 0;
        var space = Dims(random, rank, large ? 17 : 1, large ? 20 : 8);
        var (kernel, strides, dilations, pads) =
            (Dims(random, rank, 1, 4), Dims(random, rank, 1, 4), Dims(random, rank, 1, 3),
            Dims(random, 2 * rank, 0, 3));
        if (Enumerable.Range(0, rank)
            .Any(i => space[i] + pads[i] + pads[i + rank] < (kernel[i] - 1) * dilations[i] + 1))
            return null;
        Attributes attributes =
            new() { { "strides", strides }, { "dilations", dilations }, { "pads", pads }, { "group", group } };
        long[] x = [random.Next(1, 3), channels, .. space], w = [filters, channels / group, .. kernel];
        return OperatorCase.Linear($"{Text(x)} {Text(w)} {attributes}", v => Op.Apply("Conv", v, attributes),
            Values(random, x), Values(random, w), Values(random, filters));
    }

    private static OperatorCase? Pool(Random random)
    {
        var rank = random.Next(1, 4);
        var (space, kernel, strides) = (Dims(random, rank, 1, 8), Dims(random, rank, 1, 4), Dims(random, rank, 1, 4));
        // A pad as long as the window would make windows of padding only.
        long[] pads = [.. kernel.Concat(kernel).Select(size => random.NextInt64(0, (size + 1) / 2))];
        if (Enumerable.Range(0, rank).Any(i => space[i] + pads[i] + pads[i + rank] < kernel[i]))
            return null;
        Attributes attributes =
            new() { { "kernel_shape", kernel }, { "strides", strides }, { "pads", pads },
            { "ceil_mode", random.Next(2) } };
        long[] x = [random.Next(1, 3), random.Next(1, 3), .. space];
        return random.Next(2) == 0
            ? new($"MaxPool {Text(x)} {attributes}", v =>
                Op.Apply("MaxPool", [v[0]], attributes), new RandomTensors(random.Next()).Distinct(x))
            : OperatorCase.Linear($"AveragePool {Text(x)} "
                + $"{attributes = attributes.With("count_include_pad", random.Next(2))}",
                v => Op.Apply("AveragePool", [v[0]], attributes), Values(random, x));
    }

    private static OperatorCase Slice(Random random)
    {
        var dims = Dims(random, random.Next(1, 4), 0, 7);
        long[] axes = [.. Enumerable.Range(0, dims.Length).Where(_ => random.Next(3) > 0)
            .Select(axis => (long)(random.Next(2) == 0 ? axis : axis - dims.Length))];
        long[] starts = [.. axes.Select(_ => random.NextInt64(-8, 9))],
            ends = [.. axes.Select(_ => random.NextInt64(-9, 9))];
        long[] steps = [.. axes.Select(_ => random.Next(2) == 0 ? random.NextInt64(1, 4) : random.NextInt64(-3, 0))];
        return OperatorCase.Linear($"{Text(dims)} axes {Text(axes)} from {Text(starts)} to {Text(ends)} by "
            + $"{Text(steps)}",
            v => Op.Slice(v[0], axes, starts, ends, steps), Values(random, dims));
    }

    private static OperatorCase Reduction(Random random)
    {
        string[] ops = ["ReduceSum", "ReduceMean", "ReduceSumSquare", "ReduceL2", "ReduceLogSumExp", "ReduceProd",
            "ReduceMax", "ReduceMin"];
        var (op, dims, keep) = (ops[random.Next(ops.Length)], Dims(random, random.Next(1, 5), 1, 4), random.Next(2));
        long[] axes = [.. Enumerable.Range(0, dims.Length).Where(_ => random.Next(2) == 0).Select(axis => (long)axis)];
        var x = op is "ReduceMax" or "ReduceMin" ? new RandomTensors(random.Next()).Distinct(dims)
            : Values(random, dims);
        // The sum of a product, so that what arrives at the reduction has been broadcast on its way.
        return new($"{op} {Text(dims)} over {Text(axes)}, keep {keep}", v =>
            Op.Apply(op, axes.Length == 0 ? [v[0]] : [v[0], v[0].Graph.Constant(axes)],
            new() { { "keepdims", keep } }) * Op.ReduceMean(v[0]), x);
    }

    private static OperatorCase Product(Random random)
    {
        var batch = Dims(random, random.Next(0, 3), 1, 3);
        var (rows, inner, columns) = (random.Next(1, 4), random.Next(1, 4), random.Next(1, 4));
        long[] Batch() => [.. batch.Skip(random.Next(batch.Length + 1)).Select(dim => random.Next(3) == 0 ? 1 : dim)];
        long[] a = random.Next(6) == 0 ? [inner] : [.. Batch(), rows, inner], b = random.Next(6) == 0 ? [inner]
            : [.. Batch(), inner, columns];
        return OperatorCase.Linear($"{Text(a)} {Text(b)}", v =>
            Op.MatMul(v[0], v[1]), Values(random, a), Values(random, b));
    }

    private static OperatorCase Resize(Random random)
    {
        string[] modes = ["nearest", "linear", "cubic"],
            roundings = ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"];
        string[] coordinates =
            ["half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric"];
        Attributes attributes = new()
        {
            { "mode", modes[random.Next(3)] }, { "coordinate_transformation_mode", coordinates[random.Next(5)] },
                { "nearest_mode", roundings[random.Next(4)] },
        };
        long[] x = [1, 2, random.Next(1, 6), random.Next(1, 6)], sizes = [1, 2, random.Next(1, 9), random.Next(1, 9)];
        return OperatorCase.Linear($"{Text(x)} to {Text(sizes)} {attributes}", v =>
            Op.Apply("Resize", [v[0], null, null, v[0].Graph.Constant(sizes)], attributes), Values(random, x));
    }

    private static OperatorCase Gather(Random random)
    {
        var dims = Dims(random, random.Next(1, 4), 1, 5);
        var axis = random.Next(dims.Length);
        var places = Dims(random, random.Next(0, 3), 0, 4);
        var indices = Enumerable.Range(0, (int)new TensorShape(places).Size)
            .Select(_ => random.NextInt64(-dims[axis], dims[axis])).ToArray();
        return OperatorCase.Linear($"{Text(dims)} on {axis} at {Text(indices)}",
            v => Op.Gather(v[0], v[0].Graph.Constant(Tensor.Of<long>(new(places), indices)), axis),
                Values(random, dims));
    }

    private static long[] Dims(Random random, int rank, int low, int high) =>
        [.. Enumerable.Range(0, rank).Select(_ => random.NextInt64(low, high))];

    private static Tensor Values(Random random, params long[] dims) => new RandomTensors(random.Next()).Normal(dims);

    private static string Text(long[] values) => $"[{string.Join(", ", values)}]";
}
