/// <summary>The objects of a picture.</summary>
internal sealed class FoundRow
{
    public uint[] PredictedLabel { get; set; } = [];

    public float[] Score { get; set; } = [];

    public float[] PredictedBoundingBoxes { get; set; } = [];
}
