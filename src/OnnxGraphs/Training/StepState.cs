using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Precision;

namespace OnnxGraphs.Training;

/// <summary>Where a run stands: how many steps it took, and what they made of its vectors. Steps of several shapes share
/// one.</summary>
/// <param name="graph">The step.</param>
/// <param name="vectors">The vectors, which steps read and write in turn.</param>
internal sealed class StepState(TrainingGraph graph, StepVectors vectors)
{
    /// <summary>Steps done so far.</summary>
    public int Steps { get; private set; }

    /// <summary>Which of the two sets of vectors the next step reads.</summary>
    public int Turn => Steps % 2;

    /// <summary>Where the scaling of the loss stands.</summary>
    public LossScaleState? LossScale => graph.Scaling?.Read(Read(Place(TrainingGraph.LossScale)));

    /// <summary>The vectors, both sets of them.</summary>
    public StepVectors Vectors => vectors;

    /// <summary>The vectors that the next step reads.</summary>
    public OrtValue[] Old => vectors[Turn];

    /// <summary>The vectors that it writes.</summary>
    public OrtValue[] New => vectors[1 - Turn];

    /// <summary>A step is done.</summary>
    public void Next() => Steps++;

    /// <summary>The place of a vector among them.</summary>
    public int Place(string vector) => graph.Vectors.Index().Single(own => own.Item == vector).Index;

    /// <summary>A copy of a vector.</summary>
    public float[] Read(int vector) => vectors.Read(Turn, vector);

    /// <summary>A copy of the average of the parameters where there is one, else of the parameters.</summary>
    public float[] ReadWeights() => Read(graph.Vectors[^1] == TrainingGraph.Average ? graph.Vectors.Count - 1 : 0);

    /// <summary>A copy of all.</summary>
    public Checkpoint Save() => new(Steps, graph.Layout,
        graph.Vectors.Index().ToDictionary(vector => vector.Item, vector => Read(vector.Index)));

    /// <inheritdoc cref="ITrainingRun.WriteCheckpoint"/>
    public void WriteCheckpoint(
        string path, IReadOnlyDictionary<string, string> notes, IReadOnlyDictionary<string, float[]> also) =>
        SafeTensors.Write(path,
            [.. graph.Vectors.Index().Select(vector => new StoredVector(vector.Item,
                TrainingGraph.SizeOf(vector.Item, graph.Layout), look => vectors.Look(Turn, vector.Index, look))),
                .. also.Select(StoredVector.Of)], Checkpoint.Metadata(Steps, graph.Layout, notes));

    /// <summary>Fills the vectors as they are before the first step.</summary>
    public void Start(Models.OnnxModel model)
    {
        foreach (var (i, vector) in graph.Vectors.Index())
            vectors.Fill(Turn, i, memory => graph.Start(vector, model, memory));
    }

    /// <summary>Goes on from a saved state.</summary>
    /// <exception cref="Models.ModelException">It is of other parameters or another optimiser.</exception>
    public void Restore(Checkpoint checkpoint)
    {
        checkpoint.CheckAverage(graph.Vectors.Contains(TrainingGraph.Average));
        checkpoint.CheckFits(graph.Layout, graph.Vectors);
        Steps = checkpoint.Step;
        foreach (var (i, vector) in graph.Vectors.Index())
            vectors.Write(Turn, i, checkpoint.Vectors[vector]);
    }
}
