using Microsoft.ML;

namespace MLNet.Detection;

/// <summary>The door from an <see cref="MLContext"/> to object detection.</summary>
public static class DetectionContext
{
    // An extension property of the same name cannot stand beside it: C# 14 calls "ml.Detection" ambiguous (CS9339).
    /// <summary>Object detection.</summary>
    /// <param name="context">The context that gives seed and log.</param>
    public static DetectionCatalog Detection(this MLContext context) => new(context);
}
