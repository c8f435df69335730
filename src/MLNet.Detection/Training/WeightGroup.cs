using System.Globalization;
using OnnxGraphs.Optimizers;

namespace MLNet.Detection.Training;

/// <summary>
/// Weights that are trained in their own way. A weight may be in several groups: their factors of the learning rate are
/// multiplied, the last weight decay given holds, and the longest freezing.
/// </summary>
/// <param name="Weights">Glob of weight names, for example <c>backbone.*</c>.</param>
public sealed record WeightGroup(string Weights = "*")
{
    /// <summary>Whether only weights of one axis belong to it: biases, and scales and offsets of normalisations.</summary>
    public bool VectorsOnly { get; init; }

    /// <summary>What the learning rate is multiplied by.</summary>
    public float RateFactor { get; init; } = 1;

    /// <summary>The weight decay in place of the optimiser's; null leaves that.</summary>
    public float? WeightDecay { get; init; }

    /// <summary>Epochs in which the weights stay as they are.</summary>
    public int FrozenEpochs { get; init; }

    /// <summary>Reads a glob and, behind its last colon, <c>rate=0.1</c>, <c>decay=0</c>, <c>frozen=2</c> and
    /// <c>vectors</c>, with commas between them.</summary>
    /// <exception cref="ArgumentException">The text is none of these.</exception>
    public static WeightGroup Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        try
        {
            return colon < 1 ? throw new FormatException()
                : text[(colon + 1)..].Split(',')
                    .Aggregate(new WeightGroup(text[..colon]), (group, setting) => group.With(setting));
        }
        catch (FormatException)
        {
            throw new ArgumentException($"The group of weights is '{text}'; expected a glob of weight names, a colon and "
                + "settings with commas between them: rate=0.1, decay=0, frozen=2 (epochs), vectors.");
        }
    }

    internal ParameterGroup InSteps(int stepsPerEpoch) => new(Weights)
    {
        VectorsOnly = VectorsOnly, RateFactor = RateFactor, WeightDecay = WeightDecay,
        FrozenSteps = FrozenEpochs * stepsPerEpoch,
    };

    private WeightGroup With(string setting) => setting.Trim().Split('=') switch
    {
        ["rate", var number] => this with { RateFactor = float.Parse(number, CultureInfo.InvariantCulture) },
        ["decay", var number] => this with { WeightDecay = float.Parse(number, CultureInfo.InvariantCulture) },
        ["frozen", var epochs] => this with { FrozenEpochs = int.Parse(epochs, CultureInfo.InvariantCulture) },
        ["vectors"] => this with { VectorsOnly = true },
        _ => throw new FormatException(),
    };
}
