using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
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

    /// <summary>The memory of a data input, to be filled before each step.</summary>
    Span<T> Input<T>(string name) where T : unmanaged;

    /// <summary>The predictions for the data that lies in the inputs, by name; valid until the next call.</summary>
    /// <exception cref="InvalidOperationException">The loss declared no predictions.</exception>
    IReadOnlyDictionary<string, OrtValue> Predict();

    /// <summary>One step with the data that lies in the inputs; returns the loss.</summary>
    float Step(float learningRate);

    /// <summary>A loss term of the last step.</summary>
    float Term(string name);

    /// <summary>A copy of the parameters (0) or of an optimiser slot (1, ...) in host memory.</summary>
    float[] Read(int vector);

    /// <summary>
    /// A copy of the weights to score and to save: the average of the parameters where the run keeps one, else the
    /// parameters.
    /// </summary>
    float[] ReadWeights() => Read(0);

    /// <summary>The state after the last step.</summary>
    Checkpoint Save();

    /// <summary>Continues from a saved state of the same model and optimiser.</summary>
    /// <exception cref="ModelException">The state belongs to other parameters or another optimiser.</exception>
    void Restore(Checkpoint checkpoint);
}
