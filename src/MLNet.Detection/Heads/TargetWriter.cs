
namespace MLNet.Detection.Heads;

/// <summary>Writes what the places of a picture must predict.</summary>
/// <param name="sample">The objects of the picture.</param>
/// <param name="predicted">
/// The head's tables of the picture from the present weights; empty unless the head matches predictions.
/// </param>
/// <param name="classes">One number a place: class from 0, -1 for background, -2 for a place that does not
/// count.</param>
/// <param name="boxes">The box of each place as its loss wants it; 0 where there is none.</param>
internal delegate void TargetWriter(
    Sample sample, IReadOnlyList<ReadOnlyMemory<float>> predicted, Span<long> classes, Span<float> boxes);
