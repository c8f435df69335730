namespace MLNet.Detection.Scoring;

// Class outputs [N,C] as probabilities.
internal static class ClassScores
{
    // Far above what rounding does to a logarithm.
    private const float Margin = 1e-3f;

    public static float Sigmoid(float x) => 1f / (1f + MathF.Exp(-x));

    /// <summary>Probabilities; those that are not above a bound, and the background beside such, may come out as 0, which
    /// costs no exponential.</summary>
    public static float[] Probabilities(ReadOnlySpan<float> outputs, int classes, ClassActivation activation,
        float above = float.NegativeInfinity, int? background = null)
    {
        if (activation == ClassActivation.None)
            return outputs.ToArray();
        var scores = new float[outputs.Length];
        if (activation == ClassActivation.Sigmoid)
            Sigmoids(outputs, MathF.Log(above / (1 - above)) - Margin, scores);
        else if (activation == ClassActivation.Softmax)
            for (var i = 0; i < scores.Length; i += classes)
                Softmax(outputs.Slice(i, classes), MathF.Log(above) - Margin, background, scores.AsSpan(i, classes));
        else
            throw new ArgumentOutOfRangeException(nameof(activation), activation, "Not a class activation.");
        return scores;
    }

    private static void Sigmoids(ReadOnlySpan<float> outputs, float least, Span<float> scores)
    {
        for (var i = 0; i < scores.Length; i++)
            scores[i] = outputs[i] < least ? 0 : Sigmoid(outputs[i]);
    }

    // p = e^x / sum <= e^(x - max).
    private static void Softmax(ReadOnlySpan<float> outputs, float least, int? background, Span<float> scores)
    {
        var max = float.NegativeInfinity;
        foreach (var x in outputs)
            max = MathF.Max(max, x);
        if (AllBelow(outputs, max + least, background))
            return;
        var sum = 0f;
        for (var i = 0; i < scores.Length; i++)
            sum += scores[i] = MathF.Exp(outputs[i] - max);
        foreach (ref var x in scores)
            x /= sum;
    }

    private static bool AllBelow(ReadOnlySpan<float> outputs, float limit, int? background)
    {
        for (var i = 0; i < outputs.Length; i++)
            if (i != background && !(outputs[i] < limit))
                return false;
        return true;
    }
}
