namespace OnnxGraphs.Artifacts;

/// <summary>What the gradients of training artifacts are made of.</summary>
public enum GradientKernels
{
    /// <summary>Standard operators alone, as in <see cref="Training.TrainingGraph"/>.</summary>
    Standard,

    /// <summary>
    /// The training runtime's own gradient operators (ConvGrad, ReluGrad, MaxPoolGrad, ...) where it has one on the
    /// CPU, standard operators elsewhere. Faster there; other runtimes cannot load such a model.
    /// </summary>
    TrainingRuntime,
}
