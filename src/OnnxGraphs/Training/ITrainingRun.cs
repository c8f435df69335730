using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Precision;
using OnnxGraphs.Runtime;

namespace OnnxGraphs.Training;

/// <summary>A training run in progress, whatever computes its steps.</summary>
public interface ITrainingRun : IDisposable
{
    /// <summary>Names and shapes of the trained parameters, in the order of their flat vector.</summary>
    ParameterLayout Layout { get; }

    /// <summary>Inputs to be filled before each step.</summary>
    IReadOnlyList<Var> Data { get; }

    /// <summary>Names of the loss terms.</summary>
    IReadOnlyList<string> Terms { get; }

    /// <summary>Where the steps run.</summary>
    Device Device { get; }

    /// <summary>Which execution providers compute the step; null where that is not known.</summary>
    NodePlacement? Placement { get; }

    /// <summary>Steps done so far.</summary>
    int Steps { get; }

    /// <summary>
    /// The memory of a data input, to be filled before a step. There are as many sets of inputs as are asked for: one is
    /// filled while a step works on another. Any number of threads may fill sets.
    /// </summary>
    /// <param name="name">Name of the input.</param>
    /// <param name="set">From 0; a caller that fills inputs and steps in turn needs no other.</param>
    /// <exception cref="ArgumentException">There is no such input.</exception>
    Span<T> Input<T>(string name, int set = 0) where T : unmanaged;

    /// <summary>
    /// Brings a filled set to the device for a step to come, where the device has memory of its own; a step does it
    /// itself otherwise. Any one thread may call it while the step before runs; the set must not change until its step is
    /// done.
    /// </summary>
    /// <param name="set">The set.</param>
    /// <param name="step">Number of the step from 0, <see cref="Steps"/> or the one behind it.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is another step: its buffer is in use.</exception>
    void Stage(int set, int step);

    /// <summary>The predictions for the data that lies in a set of inputs, by name; valid until the next call.</summary>
    /// <exception cref="InvalidOperationException">The loss declared no predictions.</exception>
    IReadOnlyDictionary<string, OrtValue> Predict(int set = 0);

    /// <summary>One step with the data that lies in a set of inputs. Nobody waits for its loss.</summary>
    void Advance(float learningRate, int set = 0);

    /// <summary>
    /// One step with the data that lies in several sets of inputs: parts of a batch whose gradients are added up before the
    /// one update. Nobody waits for its loss.
    /// </summary>
    /// <exception cref="NotSupportedException">The run takes whole batches (<see cref="TrainingGraphOptions.Parts"/>).
    /// </exception>
    void Advance(float learningRate, IReadOnlyList<int> sets)
    {
        if (sets is not [var only])
            throw new NotSupportedException($"{GetType().Name} takes whole batches, not {sets.Count} parts of one.");
        Advance(learningRate, only);
    }

    /// <summary>One step with the data that lies in a set of inputs; returns the loss.</summary>
    float Step(float learningRate, int set = 0)
    {
        Advance(learningRate, set);
        return Term(TrainingGraph.Loss);
    }

    /// <summary>The loss (<see cref="TrainingGraph.Loss"/>) or a term of it of the last step; fetched from the device when
    /// first asked for.</summary>
    /// <exception cref="ArgumentException">There is no such term.</exception>
    float Term(string name);

    /// <summary>A copy of the parameters (0) or of an optimiser slot (1, ...) in host memory.</summary>
    float[] Read(int vector);

    /// <summary>
    /// A copy of the weights to score and to save: the average of the parameters where the run keeps one, else the
    /// parameters.
    /// </summary>
    float[] ReadWeights() => Read(0);

    /// <summary>
    /// Where the scaling of the loss stands after the last step; null where the loss is not scaled. On a GPU this waits for
    /// the step.
    /// </summary>
    LossScaleState? LossScale => null;

    /// <summary>The state after the last step.</summary>
    Checkpoint Save();

    /// <summary>
    /// Writes the state after the last step as <see cref="Save"/> and <see cref="Checkpoint.Save"/> do, from where it lies
    /// where that can be: without a copy in memory.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="notes">See <see cref="Checkpoint.Notes"/>.</param>
    /// <param name="also">Further vectors that the file takes.</param>
    /// <exception cref="ModelException">The file cannot be written.</exception>
    void WriteCheckpoint(string path, IReadOnlyDictionary<string, string> notes, IReadOnlyDictionary<string, float[]> also)
    {
        var state = Save();
        (state with { Notes = notes, Vectors = state.Vectors.Concat(also).ToDictionary() }).Save(path);
    }

    /// <summary>Continues from a saved state of the same model and optimiser.</summary>
    /// <exception cref="ModelException">The state belongs to other parameters or another optimiser.</exception>
    void Restore(Checkpoint checkpoint);
}
