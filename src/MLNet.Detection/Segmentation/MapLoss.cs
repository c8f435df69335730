using OnnxGraphs.Losses;

namespace MLNet.Detection.Segmentation;

/// <summary>
/// Losses in the form that a map of scores needs: with a softmax, class numbers and classes on the second axis; with
/// sigmoids, a target of 0 or 1 for each class.
/// </summary>
internal static class MapLoss
{
    /// <summary>The customary loss: cross-entropy.</summary>
    public static Loss Customary(MapActivation activation) => activation == MapActivation.Softmax
        ? new CrossEntropyLoss { Axis = 1 } : new BinaryCrossEntropyLoss();

    /// <summary>The terms of a loss with their weights, each in its form for the map.</summary>
    public static IReadOnlyList<(float Weight, Loss Loss)> Terms(Loss loss, MapActivation activation) =>
        loss is LossSum sum ? [.. sum.Terms.Select(term => (term.Weight, For(term.Loss, activation)))]
        : [(1f, For(loss, activation))];

    /// <summary>The name of a term in logs: <c>dice</c> for <see cref="DiceLoss"/>.</summary>
    public static string NameOf(Loss loss) => loss switch
    {
        HardestLoss hardest => "hardest_" + NameOf(hardest.Plain),
        AddedWeightLoss added => "added_" + NameOf(added.Plain),
        _ => loss.GetType().Name.Replace("Loss", "", StringComparison.Ordinal).ToLowerInvariant(),
    };

    private static Loss For(Loss loss, MapActivation activation) => loss switch
    {
        HardestLoss hardest => hardest with { Plain = For(hardest.Plain, activation) },
        AddedWeightLoss added => added with { Plain = For(added.Plain, activation) },
        _ when activation == MapActivation.Softmax => ForSoftmax(loss),
        CrossEntropyLoss { ClassWeights.Count: 0, LabelSmoothing: 0 } => new BinaryCrossEntropyLoss(),
        LovaszSoftmaxLoss softmax => new LovaszHingeLoss { ByImage = softmax.ByImage },
        CrossEntropyLoss or SoftmaxFocalLoss => throw Foreign(loss, "sigmoids", "BinaryCrossEntropyLoss or FocalLoss"),
        _ => loss,
    };

    private static Loss ForSoftmax(Loss loss) => loss switch
    {
        CrossEntropyLoss ce => ce with { Axis = 1 },
        SoftmaxFocalLoss focal => focal with { Axis = 1 },
        FocalLoss focal => new SoftmaxFocalLoss(focal.Alpha, focal.Gamma)
        {
            Axis = 1, Normalizer = focal.Normalizer, Reduction = focal.Reduction,
        },
        RegionLoss region => region with { Scope = RegionScope.Class },
        LovaszHingeLoss hinge => new LovaszSoftmaxLoss { ByImage = hinge.ByImage },
        BinaryCrossEntropyLoss or BalancedCrossEntropyLoss =>
            throw Foreign(loss, "a softmax", "CrossEntropyLoss or SoftmaxFocalLoss"),
        _ => loss,
    };

    private static ArgumentException Foreign(Loss loss, string map, string expected) => new(
        $"{loss.GetType().Name} does not fit scores with {map}; take {expected}.");
}
