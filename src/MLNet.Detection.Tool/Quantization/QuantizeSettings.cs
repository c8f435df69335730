using OnnxGraphs.Quantization;

namespace MLNet.Detection.Tool.Quantization;

/// <summary>What the command line says.</summary>
/// <param name="Model">The file in floats.</param>
/// <param name="Data">Data set to calibrate with.</param>
/// <param name="Test">Data set to measure with.</param>
/// <param name="Train">Data set to repair with.</param>
/// <param name="Output">The file to write.</param>
/// <param name="Options">How it is quantised.</param>
internal sealed record QuantizeSettings(
    string Model, string Data, string Test, string Train, string Output, QuantizationOptions Options)
{
    public string? Images { get; init; }

    public string? Masks { get; init; }

    /// <summary>Of masks, in the order of their numbers; empty: as the data set says.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>Whether numbers of masks are those of objects; null: as the data set says.</summary>
    public bool? AreObjects { get; init; }

    /// <summary>Pictures that calibrate.</summary>
    public int Pictures { get; init; }

    public double MaxDrop { get; init; }

    /// <summary>Epochs of training in whole numbers.</summary>
    public int Repair { get; init; }

    public float LearningRate { get; init; }

    /// <summary>Weight of what is learnt from the floats; 0: nothing.</summary>
    public float Distill { get; init; }

    /// <summary>Weight of the maps before the last layers.</summary>
    public float DistillFeatures { get; init; }

    public bool LearnRanges { get; init; }
}
