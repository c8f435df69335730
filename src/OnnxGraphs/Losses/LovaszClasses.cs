namespace OnnxGraphs.Losses;

/// <summary>The classes over which the Lovasz softmax takes its mean.</summary>
public enum LovaszClasses
{
    /// <summary>Those that the targets show.</summary>
    Present,
    /// <summary>All.</summary>
    All,
}
