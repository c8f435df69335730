using MLNet.Detection.Scoring;
using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace MLNet.Detection.Heads;

/// <summary>
/// How a place's score of a class comes from its logits: p^a o^b with p the class's probability and o the objectness'.
/// </summary>
/// <param name="Softmax">Whether one softmax runs over the classes, else a sigmoid for each.</param>
/// <param name="Background">Whether the softmax has "nothing here" in column 0, as in SSD.</param>
/// <param name="ClassPower">a: 1, or 0.5 where the score is a geometric mean.</param>
/// <param name="ObjectnessPower">b.</param>
public sealed record ScoreCode(
    bool Softmax = false, bool Background = false, float ClassPower = 1f, float ObjectnessPower = 1f)
{
    /// <summary>In words, for reports.</summary>
    public string Words(bool objectness)
    {
        var p = Softmax ? Background ? "softmax with background" : "softmax" : "sigmoid";
        return !objectness ? p : (ClassPower, ObjectnessPower) switch
        {
            (1, 1) => $"{p} times objectness",
            (0.5f, 0.5f) => $"root of {p} times objectness",
            _ => FormattableString.Invariant($"{p}^{ClassPower} objectness^{ObjectnessPower}"),
        };
    }

    /// <summary>Scores [B, N, C] from logits [B, N, C] and, where there is one, objectness [B, N, 1].</summary>
    internal Var Scores(Var logits, Var? objectness)
    {
        var p = Powered(Softmax ? Op.Softmax(logits) : Op.Logistic(logits), ClassPower);
        return objectness is null ? p : p * Powered(Op.Logistic(objectness), ObjectnessPower);
    }

    /// <summary>Class probabilities of N places, before the objectness.</summary>
    internal float[] Probabilities(ReadOnlySpan<float> logits, int classes) => ClassScores.Probabilities(
        logits, classes, Softmax ? ClassActivation.Softmax : ClassActivation.Sigmoid);

    private static Var Powered(Var p, float power) => power == 1 ? p : power == 0.5f ? Op.Sqrt(p) : Op.Pow(p, power);
}
