namespace OnnxGraphs.Inspection;

/// <summary>What a training step costs, as counted in the model's shapes.</summary>
/// <param name="MultiplyAdds">Multiplications of all layers of a forward pass, for one image.</param>
/// <param name="ActivationBytes">All values between the layers that depend on the image, for one image.</param>
/// <param name="TrainableParameters">Numbers that are trained.</param>
/// <param name="StoredBytes">All stored tensors that the raw values need.</param>
public sealed record StepCost(
    long MultiplyAdds, long ActivationBytes, long TrainableParameters, long StoredBytes);
