namespace MLNet.Detection.Data;

/// <summary>
/// Something that does not survive a conversion: what a reader finds and a data set of boxes does not hold, or what a
/// data set holds and a format cannot.
/// </summary>
/// <param name="What">What it is, in the plural.</param>
/// <param name="Count">How many.</param>
public sealed record ConversionLoss(string What, int Count)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Count} {What}";

    /// <summary>The ones that happened.</summary>
    internal static IEnumerable<ConversionLoss> List(params IEnumerable<(string What, int Count)> losses) =>
        losses.Where(loss => loss.Count > 0).Select(loss => new ConversionLoss(loss.What, loss.Count));
}
