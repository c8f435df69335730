using OnnxGraphs.Models;

namespace MLNet.Detection.Detectors;

/// <summary>Files whose outputs do not depend on their pictures: a tracing exporter stored the result of one picture.</summary>
internal static class StoredResult
{
    /// <summary>What is wrong and what to do; null where an output depends on an input.</summary>
    public static string? Of(OnnxModel model)
    {
        var seen = model.Inputs.Select(input => input.Name).ToHashSet();
        foreach (var node in model.Proto.Graph.Node)
            if (node.Attribute.Any(attribute => attribute.G is not null) || node.Input.Any(seen.Contains))
                seen.UnionWith(node.Output);
        return model.OutputNames.Any(seen.Contains) ? null
            : $"{model.Path}: no output depends on the picture: the exporter stored a constant, the result of one picture, in "
                + "the network's place. Export the model again, so that the picture passes through the network while it is "
                + "traced (no detach to NumPy, no result kept from an earlier call).";
    }

    /// <summary>Refuses such a file.</summary>
    public static void Refuse(OnnxModel model)
    {
        if (Of(model) is { } stored)
            throw new ModelException(stored);
    }
}
