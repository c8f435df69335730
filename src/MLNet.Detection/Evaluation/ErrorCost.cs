namespace MLNet.Detection.Evaluation;

/// <summary>The errors of one kind.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="AP">Average precision won if all of them were put right and no others; never negative.</param>
public readonly record struct ErrorCost(int Count, double AP);
