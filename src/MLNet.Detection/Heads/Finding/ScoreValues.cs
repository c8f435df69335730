using OnnxGraphs.Models;

namespace MLNet.Detection.Heads;

/// <summary>Values of a file that may be its class scores.</summary>
/// <param name="model">The file.</param>
/// <param name="behind">Those behind the class logits.</param>
/// <param name="activated">Those of them that are probabilities: an activation made them, and what follows only moves
/// them.</param>
internal sealed class ScoreValues(OnnxModel model, IReadOnlySet<string> behind, IReadOnlySet<string> activated)
{
    private IReadOnlySet<string>? _computed;

    /// <summary>Those behind the class logits.</summary>
    public IReadOnlySet<string> Behind => behind;

    /// <summary>Those that are probabilities.</summary>
    public IReadOnlySet<string> Activated => activated;

    /// <summary>The probabilities, and what arithmetic makes of them place by place.</summary>
    public IReadOnlySet<string> Computed => _computed ??= PlaceArithmetic.Behind(model, activated);

    /// <summary>All outputs of the file.</summary>
    public IReadOnlySet<string> Outputs { get; } = model.OutputNames.ToHashSet();

    /// <summary>Whether the value is an output behind the class logits.</summary>
    public bool IsShown(string value) => behind.Contains(value) && Outputs.Contains(value);

    /// <summary>Values that arithmetic makes of one, place by place.</summary>
    public IReadOnlySet<string> ComputedFrom(string value) => PlaceArithmetic.Behind(model, [value]);
}
