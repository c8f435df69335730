using MLNet.Detection.Detectors;
using MLNet.Detection.Heads;
using MLNet.Detection.Images;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Tests.Heads.Finding;

/// <summary>A file that tests/Exports/families.py wrote: five classes, pictures of 64 x 64, numbers from 0 to 1.</summary>
internal static class FamilyFile
{
    public const int Side = 64, Classes = 5;

    public static OnnxModel Load(string name) => OnnxModel.Load(References.PathOf("families", name + ".onnx"));

    /// <summary>As the command of a report imports it, with other classes.</summary>
    public static DetectorModel Import(string name, int classes = 3) => new DetectorImport
    {
        Classes = [.. Enumerable.Range(0, classes).Select(i => $"class{i}")], Normalization = Normalization.Unit,
    }.Load(References.PathOf("families", name + ".onnx"));

    public static Tensor Picture => new OnnxGraphs.Tests.RandomTensors(11).Uniform(0, 1, 1, 3, Side, Side);

    /// <summary>The outputs of a file for a picture, in plain ONNX Runtime.</summary>
    public static IReadOnlyDictionary<string, Tensor> Run(OnnxModel model)
    {
        var feeds = new Dictionary<string, Tensor> { [ImageInput.Read(model).Name] = Picture };
        if (model.Inputs.Count > 1)
            feeds["scale_factor"] = Tensor.Of<float>(new(1, 2), [1, 1]);
        return Subgraph.Run(model, feeds, model.OutputNames);
    }
}
