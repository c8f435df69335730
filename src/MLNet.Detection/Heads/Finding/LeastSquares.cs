namespace MLNet.Detection.Heads;

/// <summary>Numbers that are others times a factor.</summary>
internal static class LeastSquares
{
    /// <summary>The factor that takes the first numbers nearest to the others; NaN where all of them are 0.</summary>
    public static float Factor(IEnumerable<(float From, float To)> pairs)
    {
        var (dot, square) = (0.0, 0.0);
        foreach (var (from, to) in pairs)
            (dot, square) = (dot + (double)from * to, square + (double)from * from);
        return (float)(dot / square);
    }
}
