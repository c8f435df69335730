namespace Samples.SwitchTrainer;

/// <summary>A row of predictions, in the columns of ML.NET's own object detection.</summary>
internal sealed class Found
{
    public string[] PredictedName { get; set; } = [];

    public float[] PredictedBoundingBoxes { get; set; } = [];

    public float[] Score { get; set; } = [];
}
