using MLNet.Detection.Boxes;
using MLNet.Detection.Scoring;
using OnnxGraphs.Models;

namespace MLNet.Detection.Heads;

/// <summary>A head found in a file and fitted to the wanted classes.</summary>
/// <param name="Head">The head.</param>
/// <param name="Model">The file with the wanted classes.</param>
/// <param name="ClassValue">Name of the raw class value.</param>
/// <param name="BoxValue">Name of the raw box value.</param>
/// <param name="Anchors">A box for each place.</param>
/// <param name="Decoder">How its raw values are scored.</param>
internal sealed record FoundHead(DetectionHead Head, OnnxModel Model, string ClassValue, string BoxValue,
    IReadOnlyList<Box> Anchors, DetectionDecoder Decoder);
