using OnnxGraphs.Graphs;

namespace OnnxGraphs.Surgery;

/// <summary>Channels of a map at the end of a model that go one way together, and what becomes of them.</summary>
/// <param name="Map">Name of the map [1, channels, height, width]: the layer's output, or the last value of its shape
/// behind it that is no activation of scores.</param>
/// <param name="Shape">Its shape for one image.</param>
/// <param name="First">The first channel.</param>
/// <param name="Channels">How many.</param>
/// <param name="Activation"><c>Sigmoid</c> or <c>Softmax</c> where one follows; null where none does.</param>
/// <param name="Columns">The last axis of the rows that they are laid out as; null where they stay a map.</param>
/// <param name="Decoded">Whether arithmetic follows beyond layout and activation: the file decodes them.</param>
/// <param name="Names">Names of the values on the way, the model's outputs last.</param>
public sealed record HeadPiece(string Map, TensorShape Shape, int First, int Channels, string? Activation, int? Columns,
    bool Decoded, IReadOnlyList<string> Names)
{
    /// <summary>Cells in a row.</summary>
    public int Width => (int)Shape[3];

    /// <summary>Rows of cells.</summary>
    public int Height => (int)Shape[2];
}
