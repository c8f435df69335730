using OnnxGraphs.Losses;
using OnnxGraphs.Optimizers;

namespace MLNet.Detection.Builtin;

/// <summary>
/// Settings with which <see cref="SmallDetector"/> learns from random weights, for the options of
/// <see cref="Training.FineTuneTrainer"/>; found on the pictures of <see cref="Data.ShapesGenerator"/>. Without
/// pretrained features the classes are the slow part: steps are small and many, positives weigh as much as background,
/// and the second moment forgets within a hundred steps.
/// </summary>
public static class ScratchRecipe
{
    /// <summary>Focal loss with alpha 0.5 and gamma 1.5, smooth L1 with beta 1/9.</summary>
    public static DetectionLoss Loss { get; } = new RetinaNetLoss
    {
        Classification = new FocalLoss(Alpha: 0.5f, Gamma: 1.5f), Box = new SmoothL1Loss(Beta: 1 / 9f),
    };

    /// <summary>AdamW with beta2 0.99 and weight decay 0.01.</summary>
    public static Optimizer Optimizer { get; } = new AdamW(Beta2: 0.99f) { WeightDecay = 0.01f };

    /// <summary>The largest learning rate, for <see cref="BatchSize"/>.</summary>
    public const float LearningRate = 2e-3f;

    /// <summary>Images of a step.</summary>
    public const int BatchSize = 4;

    /// <summary>Epochs over about 500 pictures. What counts is the number of steps: 2,000 to 3,000.</summary>
    public const int Epochs = 25;
}
