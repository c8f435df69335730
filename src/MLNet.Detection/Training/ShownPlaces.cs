using OnnxGraphs.Graphs;

namespace MLNet.Detection.Training;

/// <summary>Which places of a batch have a picture: an input of the step, 1 there and 0 elsewhere.</summary>
internal static class ShownPlaces
{
    private const string Name = "targets/shown";

    /// <summary>Declares the input, [B].</summary>
    public static Var Declare(Graph graph, long batch) => graph.Input(Name, batch);

    public static void Write(Batch batch, int place, bool shown) => batch.Part<float>(Name, place)[0] = shown ? 1 : 0;
}
