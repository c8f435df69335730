namespace MLNet.Detection.Segmentation;

/// <summary>What turns the scores of a pixel into probabilities.</summary>
public enum MapActivation
{
    /// <summary>The classes of a pixel exclude each other; mostly one of them is background.</summary>
    Softmax,

    /// <summary>Each class for itself; a pixel where none is probable is background.</summary>
    Sigmoid,
}
