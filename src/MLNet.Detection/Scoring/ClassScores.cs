namespace MLNet.Detection.Scoring;

// Class outputs [N,C] as probabilities.
internal static class ClassScores
{
    public static float Sigmoid(float x) => 1f / (1f + MathF.Exp(-x));

    public static float[] Probabilities(ReadOnlySpan<float> outputs, int classes, ClassActivation activation)
    {
        var scores = outputs.ToArray();
        switch (activation)
        {
            case ClassActivation.Sigmoid:
                for (var i = 0; i < scores.Length; i++)
                    scores[i] = Sigmoid(scores[i]);
                break;
            case ClassActivation.Softmax:
                for (var i = 0; i < scores.Length; i += classes)
                    Softmax(scores.AsSpan(i, classes));
                break;
            case ClassActivation.None:
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(activation), activation, "Not a class activation.");
        }
        return scores;
    }

    private static void Softmax(Span<float> row)
    {
        var max = float.NegativeInfinity;
        foreach (var x in row)
            max = MathF.Max(max, x);
        var sum = 0f;
        foreach (ref var x in row)
            sum += x = MathF.Exp(x - max);
        foreach (ref var x in row)
            x /= sum;
    }
}
