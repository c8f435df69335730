namespace OnnxGraphs.Inspection;

/// <summary>What a training step costs, as counted in the model's shapes.</summary>
/// <param name="MultiplyAdds">Multiplications of all layers of a forward pass, for one image.</param>
/// <param name="ActivationBytes">All values between the layers that depend on the image, for one image.</param>
/// <param name="TrainableParameters">Numbers that are trained.</param>
/// <param name="StoredBytes">All stored tensors that the raw values need.</param>
public sealed record StepCost(
    long MultiplyAdds, long ActivationBytes, long TrainableParameters, long StoredBytes)
{
    // Calibrated by benchmarks/README.md, "Estimates".
    private const double SecondsPerMultiplyAdd = 3 / 1e11, SecondsPerByte = 3 / 1e10;
    private const double BytesPerActivationByte = 2.5, BytesPerParameter = 24, BytesOfProcess = 1.5e8;

    /// <summary>The expected time and memory of a step.</summary>
    /// <param name="images">Images of the step.</param>
    public StepEstimate Estimate(int images) => new(images,
        images * (MultiplyAdds * SecondsPerMultiplyAdd + ActivationBytes * SecondsPerByte),
        BytesOfProcess + StoredBytes + TrainableParameters * BytesPerParameter
            + images * ActivationBytes * BytesPerActivationByte);
}
