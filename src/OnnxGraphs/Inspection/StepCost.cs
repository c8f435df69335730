namespace OnnxGraphs.Inspection;

/// <summary>What a training step costs, as counted in the model's shapes.</summary>
/// <param name="MultiplyAdds">Multiplications of all layers of a forward pass, for one image.</param>
/// <param name="ActivationBytes">All values between the layers that depend on the image, for one image.</param>
/// <param name="TrainableParameters">Numbers that are trained.</param>
/// <param name="StoredBytes">All stored tensors that the raw values need.</param>
public sealed record StepCost(
    long MultiplyAdds, long ActivationBytes, long TrainableParameters, long StoredBytes)
{
    // How they were found: benchmarks/README.md, "Estimates of the report".
    private const double SecondsPerMultiplyAdd = 1.14e-11, SecondsPerByte = 1.18e-10;
    private const double BytesPerActivationByte = 0.57, BytesPerParameter = 70, BytesOfProcess = 2.2e8;

    /// <summary>
    /// The expected time and memory of a step: time = images (a multiply-adds + b activation bytes), memory = process +
    /// stored + c parameters + d images activation bytes. A guide for choosing the batch, right within a factor of two.
    /// </summary>
    /// <param name="images">Images of the step.</param>
    public StepEstimate Estimate(int images) => new(images,
        images * (MultiplyAdds * SecondsPerMultiplyAdd + ActivationBytes * SecondsPerByte),
        BytesOfProcess + StoredBytes + TrainableParameters * BytesPerParameter
            + images * ActivationBytes * BytesPerActivationByte);
}
