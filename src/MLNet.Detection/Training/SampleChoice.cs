namespace MLNet.Detection.Training;

/// <summary>One image of an epoch.</summary>
/// <param name="Index">Place of the image in the training set.</param>
/// <param name="Flip">Whether it is mirrored left to right.</param>
public readonly record struct SampleChoice(int Index, bool Flip);
