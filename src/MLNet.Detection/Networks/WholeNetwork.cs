using Microsoft.ML.OnnxRuntime;
using MLNet.Detection.Images;
using OnnxGraphs.Graphs;
using OnnxGraphs.Quantization;
using OnnxGraphs.Runtime;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Networks;

/// <summary>
/// A network in the whole numbers of its file, one picture at a time: dynamic quantisation takes scales from the pictures
/// of a run, so that others beside one would change its results.
/// </summary>
internal sealed class WholeNetwork : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();
    private readonly OrtValue _picture;
    private readonly string _input;
    private readonly IReadOnlyList<string> _values;

    public WholeNetwork(PictureNetwork model, Device device)
    {
        (_input, _values) = (model.InputName, model.RawValues);
        var type = new TypedShape(ElementType.Float32, model.InputShape(1));
        var part = Subgraph.Extract(IntegerForm.Close(model.Model), _values,
            new Dictionary<string, TypedShape> { [_input] = type });
        using var options = device.CreateSessionOptions();
        _session = new(part.ToBytes(), options);
        _picture = HostTensors.Allocate(type.Element, type.Shape);
        Shapes = [.. Run(new float[type.Shape.Size]).Select(value => value.Shape)];
    }

    /// <summary>Shapes of the raw values for one picture.</summary>
    public IReadOnlyList<TensorShape> Shapes { get; }

    /// <summary>The raw values of a picture's planes.</summary>
    public IReadOnlyList<Tensor> Run(ReadOnlySpan<float> planes)
    {
        planes.CopyTo(_picture.GetTensorMutableDataAsSpan<float>());
        using var results = _session.Run(_options, [_input], [_picture], _values);
        return [.. results.Select(HostTensors.Read)];
    }

    public void Dispose()
    {
        _picture.Dispose();
        _options.Dispose();
        _session.Dispose();
    }
}
