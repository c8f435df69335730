using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Surgery;

/// <summary>
/// A detector that looks at regions, as a network from pictures and given regions to the raw values of both stages:
/// what
/// lies between the stages, the choice of regions, is left to the caller. The second stage reads, for each map, regions
/// that are given for this map; a region that belongs to another map lies outside of it, where all features are 0, so
/// that
/// the sum over the maps holds each region's features.
/// </summary>
public static class RegionNetwork
{
    /// <summary>Name of the input with the regions [pictures x regions, 4] of a map.</summary>
    public static string RegionsOf(int map) => $"regions/{map}";

    /// <summary>The network for a number of pictures and regions.</summary>
    /// <param name="model">The model, for one picture.</param>
    /// <param name="input">Name of its picture, [3, H, W] or [1, 3, H, W].</param>
    /// <param name="planes">Name of the value that the first layer reads, [1, 3, height, width].</param>
    /// <param name="stage">The second stage.</param>
    /// <param name="first">Names of the raw values of the first stage, with a batch axis of 1.</param>
    /// <param name="pictures">The pictures.</param>
    /// <param name="regions">Regions of each picture.</param>
    /// <exception cref="ModelException">A batch of one picture is built into the file, and cannot be freed.</exception>
    public static OnnxModel Build(OnnxModel model, TypedName input, TypedName planes, RegionStage stage,
        IReadOnlyList<string> first, int pictures, int regions)
    {
        IReadOnlyList<string> values = [.. first, .. stage.Pools.Select(pool => pool.Map).Distinct()];
        var dense = Subgraph.Extract(model, values, planes.ToInputs());
        if (pictures > 1)
            dense = BatchAxis.Open(dense, planes.Name, values);
        var features = new TypedName(stage.Features, new(ElementType.Float32, new(1, 1, 1, 1)));
        var second = Subgraph.Extract(model, [stage.ClassLogits, stage.BoxDeltas], features.ToInputs());
        var graph = new GraphProto { Name = model.Proto.Graph.Name };
        if (planes.Name == input.Name)
            graph.Input.Add(Declared(input.Name, input.Type.Shape.With(0, pictures)));
        else
            PicturesOf(graph, model, input, planes, pictures);
        Take(graph, dense.Proto.Graph);
        Pool(graph, model, stage, pictures, regions);
        Take(graph, second.Proto.Graph);
        graph.Output.Add(((string[])[.. first, stage.ClassLogits, stage.BoxDeltas])
            .Select(name => new ValueInfoProto { Name = name }));
        var proto = Subgraph.WithGraph(model.Proto, graph);
        proto.IrVersion = Math.Max(4, proto.IrVersion);
        return new(proto, model.Path);
    }

    // The file prepares one picture; a batch is prepared picture by picture.
    private static void PicturesOf(
        GraphProto graph, OnnxModel model, TypedName input, TypedName planes, int pictures)
    {
        var front = Subgraph.Extract(model, [planes.Name], input.ToInputs()).Proto.Graph;
        var (picture, hasBatch) = (input.Type.Shape, input.Type.Shape.Rank == 4);
        graph.Input.Add(Declared(input.Name, hasBatch ? picture.With(0, pictures) : new([pictures, .. picture])));
        graph.Initializer.Add(front.Initializer);
        var own = front.Node.SelectMany(node => node.Output).Append(input.Name).ToHashSet();
        for (var i = 0; i < pictures; i++)
        {
            string Of(string name) => own.Contains(name) ? $"{name}/picture{i}" : name;
            var place = ShapeConstants.Store(graph, $"pictures/{i}", hasBatch ? Tensor.Vector<long>(i)
                : Tensor.Scalar(ElementType.Int64, i));
            graph.Node.Add(Node("Gather", [input.Name, place], Of(input.Name)));
            foreach (var node in front.Node)
                graph.Node.Add(Renamed(node, Of));
        }
        var joined = Node("Concat", [.. Enumerable.Range(0, pictures).Select(i => $"{planes.Name}/picture{i}")], planes.Name);
        joined.Attribute.Add(AttributeValues.Write("axis", 0L));
        graph.Node.Add(joined);
    }

    private static NodeProto Renamed(NodeProto node, Func<string, string> name)
    {
        var copy = node.Clone();
        for (var i = 0; i < copy.Input.Count; i++)
            copy.Input[i] = name(copy.Input[i]);
        for (var i = 0; i < copy.Output.Count; i++)
            copy.Output[i] = name(copy.Output[i]);
        copy.Name = copy.Name.Length > 0 ? name(copy.Output[0]) : "";
        return copy;
    }

    private static void Pool(GraphProto graph, OnnxModel model, RegionStage stage, int pictures, int regions)
    {
        var images = ShapeConstants.Store(graph, "regions/pictures",
            Tensor.Vector<long>([.. Enumerable.Range(0, pictures * regions).Select(i => (long)(i / regions))]));
        var sum = "";
        foreach (var (i, pool) in stage.Pools.Index())
        {
            var last = i == stage.Pools.Count - 1;
            graph.Input.Add(Declared(RegionsOf(i), new(pictures * regions, 4)));
            var aligned = model.Producers[pool.Value].Clone();
            aligned.Input.Clear();
            aligned.Input.Add([pool.Map, RegionsOf(i), images]);
            aligned.Output[0] = i == 0 && last ? stage.Features : $"regions/features{i}";
            graph.Node.Add(aligned);
            if (i > 0)
                graph.Node.Add(Node("Add", [sum, aligned.Output[0]], last ? stage.Features : $"regions/sum{i}"));
            sum = graph.Node[^1].Output[0];
        }
    }

    // Shape arithmetic and constants may serve both stages.
    private static void Take(GraphProto graph, GraphProto part)
    {
        var known = graph.Node.SelectMany(node => node.Output).Concat(graph.Initializer.Select(tensor => tensor.Name))
            .ToHashSet();
        graph.Initializer.Add(part.Initializer.Where(tensor => !known.Contains(tensor.Name)));
        graph.Node.Add(part.Node.Where(node => !node.Output.Any(known.Contains)));
    }

    private static NodeProto Node(string op, string[] inputs, string output) =>
        new() { OpType = op, Input = { inputs }, Output = { output } };

    private static ValueInfoProto Declared(string name, TensorShape shape) =>
        Subgraph.Info(name, new(ElementType.Float32, shape));
}
