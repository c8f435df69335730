using System.Globalization;
using OnnxGraphs.Losses;

namespace MLNet.Detection.Segmentation;

/// <summary>
/// A loss of maps in words: names of losses with weights, such as <c>dice+focal:0.5</c>. <c>border</c> is cross-entropy with
/// U-Net's weights of pixels between objects, <c>border-added</c> the form that adds them, <c>ohem</c> cross-entropy of the
/// hardest quarter of the pixels.
/// </summary>
/// <param name="Loss">The loss.</param>
/// <param name="Border">The weights between objects; null for none.</param>
public sealed record NamedMapLoss(Loss Loss, BorderWeights? Border)
{
    private static readonly Dictionary<string, Func<Loss>> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ce"] = () => new CrossEntropyLoss(), ["focal"] = () => new FocalLoss(), ["dice"] = () => new DiceLoss(),
        ["jaccard"] = () => new JaccardLoss(), ["tversky"] = () => new TverskyLoss(0.3f, 0.7f),
        ["focal-tversky"] = () => new TverskyLoss(0.3f, 0.7f, 0.75f), ["lovasz"] = () => new LovaszSoftmaxLoss(),
        ["balanced"] = () => new BalancedCrossEntropyLoss(), ["ohem"] = () => new HardestLoss(new CrossEntropyLoss()),
        ["border"] = () => new CrossEntropyLoss(), ["border-added"] = () => new AddedWeightLoss(new CrossEntropyLoss()),
    };

    /// <summary>The names.</summary>
    public static IReadOnlyList<string> Names => [.. Known.Keys];

    /// <summary>Reads a loss.</summary>
    /// <exception cref="ArgumentException">A name or a weight is not understood.</exception>
    public static NamedMapLoss Parse(string text)
    {
        Loss? sum = null;
        var names = new List<string>();
        foreach (var term in text.Split('+', StringSplitOptions.TrimEntries))
        {
            var (name, weight) = term.Split(':') switch
            {
                [var alone] => (alone, 1f),
                [var named, var number] when float.TryParse(number, CultureInfo.InvariantCulture, out var factor)
                    && float.IsFinite(factor) && factor > 0 => (named, factor),
                _ => (term, float.NaN),
            };
            if (float.IsNaN(weight) || !Known.TryGetValue(name, out var make))
                throw new ArgumentException($"The loss is '{text}', whose part '{term}' is not understood; expected names of "
                    + $"{string.Join(", ", Names)}, with weights above 0 where they are not 1: dice+focal:0.5.");
            var loss = weight == 1 ? make() : weight * make();
            sum = sum is null ? loss : sum + loss;
            names.Add(name.ToLowerInvariant());
        }
        return new(sum!, names.Exists(name => name.StartsWith("border", StringComparison.Ordinal)) ? new() : null);
    }
}
