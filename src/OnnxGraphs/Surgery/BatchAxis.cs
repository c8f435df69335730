using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Surgery;

/// <summary>
/// Frees a batch size of 1 that an exporter wrote into a file: target shapes of Reshape, sizes of Resize, constants that
/// are joined with a value or chosen from. What is not plainly the batch is tried: two pictures at once must give what they give one
/// by one.
/// </summary>
public static class BatchAxis
{
    /// <summary>The model with open batch size; the model itself where nothing is to be done.</summary>
    /// <param name="model">A model whose input's first axis counts images.</param>
    /// <param name="input">Name of that input.</param>
    /// <param name="values">Names of the values that are wanted of it.</param>
    /// <param name="inputShapes">Shapes of inputs for one picture, where the file leaves them open.</param>
    /// <exception cref="ModelException">The batch size cannot be freed; the message says so.</exception>
    public static OnnxModel Open(OnnxModel model, string input, IReadOnlyList<string> values,
        IReadOnlyDictionary<string, TensorShape>? inputShapes = null)
    {
        inputShapes ??= new Dictionary<string, TensorShape>();
        var graph = new ValueGraph(model);
        var (reached, fixedOnes) = (new HashSet<string> { input }, new List<NodeProto>());
        var dependent = new HashSet<string>(model.Inputs.Select(given => given.Name));
        foreach (var node in GraphReader.Needed(model, values))
            if (node.Input.Any(dependent.Contains))
                dependent.UnionWith(node.Output);
        foreach (var node in GraphReader.Needed(model, values))
            if (node.OpType == "GatherElements" && reached.Contains(node.Input[1]) && !reached.Contains(node.Input[0]))
            {
                // Rows of a constant that are chosen by what the pictures show.
                reached.UnionWith(node.Output);
                fixedOnes.Add(node);
            }
            else if (ValueGraph.DataInputs(node).Any(reached.Contains))
            {
                reached.UnionWith(node.Output);
                if (node.OpType == "Reshape" && IsConstant(node.Input[1])
                    || node.OpType == "Resize" && node.Input.Count > 3 && IsConstant(node.Input[3])
                    || node.OpType == "Concat" && node.Input.Any(name => !reached.Contains(name)))
                    fixedOnes.Add(node);
            }
        if (fixedOnes.Count == 0)
            return model;
        var shapes = ShapeTrace.Of(model, [.. fixedOnes.SelectMany(node => node.Input)
            .Where(name => name.Length > 0 && !graph.Stored.Contains(name)).Distinct()], inputShapes).Shapes;
        var targets = Subgraph.Run(model, new Dictionary<string, Tensor>(), [.. fixedOnes.SelectMany(BatchOpening.Targets)]);
        var opening = new BatchOpening(model, graph, reached,
            shapes.ToDictionary(pair => pair.Key, pair => pair.Value.Shape), targets);
        foreach (var node in fixedOnes)
            if (!opening.Free(node))
                throw Baked(model, node.Output[0]);
        if (opening.Guesses > 0)
            Verify(model, opening.Model, input, values, inputShapes);
        return opening.Changes > 0 ? opening.Model : model;

        // Stored, or computed of what is stored.
        bool IsConstant(string name) => name.Length > 0 && !dependent.Contains(name);
    }

    private static void Verify(OnnxModel model, OnnxModel opened, string input, IReadOnlyList<string> values,
        IReadOnlyDictionary<string, TensorShape> inputShapes)
    {
        var shape = ExampleInputs.Shapes(model, inputShapes)[input];
        var size = (int)shape.Size;
        var random = new Random(5);
        // As unlike as can be: weak attention hardly tells noise from noise.
        float[] both = [.. Enumerable.Range(0, size).Select(_ => random.NextSingle()), .. new float[size]];
        var (first, second) = (Run(model, input, shape, both[..size], values), Run(model, input, shape, both[size..], values));
        try
        {
            var joined = Run(opened, input, new([2, .. shape.Skip(1)]), both, values);
            for (var i = 0; i < values.Count; i++)
                if (!Close([.. first[i], .. second[i]], joined[i]))
                    throw Baked(model, values[i]);
        }
        catch (ModelException error) when (!error.Message.Contains("batch"))
        {
            throw Baked(model, values[0], error);
        }
    }

    private static float[][] Run(
        OnnxModel model, string input, TensorShape shape, float[] pictures, IReadOnlyList<string> values)
    {
        var part = Subgraph.Extract(model, values,
            new Dictionary<string, TypedShape> { [input] = new(ElementType.Float32, shape) });
        var run = Subgraph.Run(part, new Dictionary<string, Tensor> { [input] = Tensor.Of<float>(shape, pictures) }, values);
        return [.. values.Select(value => run[value].Values<float>().ToArray())];
    }

    private static bool Close(float[] expected, float[] found)
    {
        if (expected.Length != found.Length)
            return false;
        var largest = expected.Max(Math.Abs);
        return expected.Zip(found).All(pair => Math.Abs(pair.First - pair.Second) <= 1e-3f * largest + 1e-5f);
    }

    private static ModelException Baked(OnnxModel model, string value, ModelException? inner = null) => new(
        $"{model.Path}: a batch of one picture is built into the file before '{value}'; train it with a batch of 1 "
        + "(BatchSize = 1, or --batch 1), or export it with an open batch axis.", inner);
}
