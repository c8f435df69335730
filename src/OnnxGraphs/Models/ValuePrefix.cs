using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Models;

/// <summary>A model whose values and nodes all have a prefix before their names, so that another can stand beside it.</summary>
internal static class ValuePrefix
{
    /// <summary>A copy of the model with the prefix.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prefix">What stands before each name.</param>
    /// <param name="input">The input that gets a whole name of its own.</param>
    /// <param name="name">That name.</param>
    public static OnnxModel Add(OnnxModel model, string prefix, string input, string name)
    {
        var copy = model.Clone();
        Rename(copy.Proto.Graph);
        return copy;

        string Named(string value) => value.Length == 0 ? value : value == input ? name : prefix + value;

        void Rename(GraphProto graph)
        {
            foreach (var value in graph.Input.Concat(graph.Output).Concat(graph.ValueInfo))
                value.Name = Named(value.Name);
            foreach (var tensor in graph.Initializer)
                tensor.Name = Named(tensor.Name);
            foreach (var node in graph.Node)
            {
                if (node.Name.Length > 0)
                    node.Name = prefix + node.Name;
                for (var i = 0; i < node.Input.Count; i++)
                    node.Input[i] = Named(node.Input[i]);
                for (var i = 0; i < node.Output.Count; i++)
                    node.Output[i] = Named(node.Output[i]);
                foreach (var inner in Subgraphs.Of(node))
                    Rename(inner);
            }
        }
    }
}
