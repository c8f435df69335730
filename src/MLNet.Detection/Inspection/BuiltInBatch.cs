using MLNet.Detection.Heads;
using MLNet.Detection.Images;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Inspection;

/// <summary>Whether a file can be brought to batches, tried as training does.</summary>
internal static class BuiltInBatch
{
    /// <summary>What is said of a file that cannot.</summary>
    public const string Note = "a batch of one picture is built into the file and cannot be freed: it is trained with a batch of 1; "
        + "--accumulate adds up the gradients of several";

    /// <summary>Whether a batch of one is built in; false where it is not known what is trained.</summary>
    /// <param name="report">What was found.</param>
    /// <param name="model">The file that it was found in.</param>
    public static bool Has(DetectorInspection report, OnnxModel model)
    {
        if (Planes(report) is not var (name, shape) || Values(report) is not { Count: > 0 } values)
            return false;
        try
        {
            var part = Subgraph.Extract(model, values,
                new Dictionary<string, TypedShape> { [name] = new(ElementType.Float32, shape) });
            _ = BatchAxis.Open(part, name, values);
            return false;
        }
        catch (Exception error) when (error is ModelException or GraphException)
        {
            return true;
        }
    }

    private static (string Name, TensorShape Shape)? Planes(DetectorInspection report) => report switch
    {
        { Stages.Head: var head } => (head.Planes, new(1, 3, head.PlaneHeight, head.PlaneWidth)),
        { Front: { } front, Input: { } input } => (front.Value, new(1, input.Channels, input.Height, input.Width)),
        _ => null,
    };

    private static IReadOnlyList<string> Values(DetectorInspection report) => report switch
    {
        { Stages.Head: var head } => [.. head.Objectness, .. head.Deltas, .. head.Levels.Select(level => level.Map).Distinct()],
        { Map: { } map } => [map.Value],
        { Dense.Head: var head } => head.Maps,
        { Queries: { } queries } => [queries.ClassValue, queries.BoxValue],
        _ => report.Model.TrainedValues,
    };
}
