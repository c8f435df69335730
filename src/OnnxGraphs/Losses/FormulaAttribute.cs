namespace OnnxGraphs.Losses;

/// <summary>The formula of a loss as text, for model files and the table of losses.</summary>
/// <param name="text">The formula: x logits, p probabilities, t or y targets.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class FormulaAttribute(string text) : Attribute
{
    /// <summary>The formula.</summary>
    public string Text { get; } = text;

    /// <summary>Where it comes from; empty for common knowledge.</summary>
    public string Paper { get; init; } = "";

    /// <summary>The formula of a loss; its type's name where none is given.</summary>
    public static FormulaAttribute Of(object loss) =>
        loss.GetType().GetCustomAttributes(typeof(FormulaAttribute), false).OfType<FormulaAttribute>().FirstOrDefault()
        ?? new(loss is LossSum sum ? string.Join(" + ", sum.Terms.Select(Term)) : loss.GetType().Name);

    private static string Term((float Weight, Loss Loss) term) =>
        FormattableString.Invariant($"{term.Weight} ({Of(term.Loss).Text})");
}
