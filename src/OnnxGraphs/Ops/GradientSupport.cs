namespace OnnxGraphs.Ops;

/// <summary>How far an operator can lie on a training path.</summary>
public enum GradientSupport
{
    /// <summary>Gradients pass it.</summary>
    Yes,

    /// <summary>It is computed, but its derivative is zero or undefined: nothing flows back.</summary>
    Stops,

    /// <summary>It is computed, but a gradient that had to pass it is an error.</summary>
    No,

    /// <summary>It cannot lie before the values that a model is trained at.</summary>
    Refused,
}
