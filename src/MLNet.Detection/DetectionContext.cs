using Microsoft.ML;

namespace MLNet.Detection;

/// <summary>The door from an <see cref="MLContext"/> to object detection.</summary>
public static class DetectionContext
{
    extension(MLContext context)
    {
        /// <summary>Object detection, as a property.</summary>
        public DetectionCatalog Detection => new(context);
    }

    /// <summary>Object detection.</summary>
    /// <param name="context">The context that gives seed and log.</param>
    public static DetectionCatalog Detection(this MLContext context) => new(context);
}
