namespace Microsoft.ML.Data;

/// <summary>The uses that a transformer in a chain is meant for.</summary>
[Flags]
public enum TransformerScope
{
    None = 0,
    Training = 1,
    Testing = 2,
    Scoring = 4,
    TrainTest = Training | Testing,
    Everything = TrainTest | Scoring,
}
