using OnnxGraphs.Graphs;
using OnnxGraphs.Models;

namespace OnnxGraphs.Surgery;

/// <summary>Types and shapes of the values on the way to others, for one image.</summary>
/// <param name="Shapes">By name of the value.</param>
/// <param name="Problem">Why they are incomplete; null where they are not.</param>
internal sealed record ShapeTrace(IReadOnlyDictionary<string, TypedShape> Shapes, string? Problem)
{
    public static ShapeTrace Of(
        OnnxModel model, IReadOnlyList<string> values, IReadOnlyDictionary<string, TensorShape>? inputShapes)
    {
        if (values.Count == 0)
            return new(new Dictionary<string, TypedShape>(), null);
        inputShapes ??= new Dictionary<string, TensorShape>();
        try
        {
            var graph = new Graph();
            var options = new ReadOptions { InputShapes = ExampleInputs.Shapes(model, inputShapes) };
            var read = GraphReader.Read(model, graph, values, options);
            var found = graph.Names.ToDictionary(name => name, name => Typed(graph.Find(name)!));
            foreach (var (name, value) in values.Zip(read))
                found[name] = Typed(value);
            return new(found, null);
        }
        catch (ModelException error)
        {
            return Run(model, values, inputShapes, error.Message);
        }
    }

    // An operator that this library does not know may be known to ONNX Runtime.
    private static ShapeTrace Run(OnnxModel model, IReadOnlyList<string> values,
        IReadOnlyDictionary<string, TensorShape> inputShapes, string problem)
    {
        try
        {
            var wanted = GraphReader.Needed(model, values).SelectMany(node => node.Output)
                .Where(name => name.Length > 0);
            var run = Subgraph.Run(model, ExampleInputs.Zeros(model, inputShapes), [.. wanted]);
            return new(run.ToDictionary(at => at.Key, at => new TypedShape(at.Value.Type, at.Value.Shape)), problem);
        }
        catch (Exception error) when (error is ModelException or GraphException)
        {
            return new(new Dictionary<string, TypedShape>(), problem);
        }
    }

    private static TypedShape Typed(Var value) => new(value.Type, value.Shape);
}
