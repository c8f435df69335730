using Microsoft.ML.OnnxRuntime;
using MLNet.Detection.Boxes;
using MLNet.Detection.Heads;
using MLNet.Detection.Images;
using MLNet.Detection.Scoring;
using OnnxGraphs.Graphs;
using OnnxGraphs.Runtime;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Detectors;

/// <summary>What a file says by itself that it finds, picture by picture: choice of regions, suppression and
/// all.</summary>
internal sealed class FileOutputs : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _options;
    private readonly OrtValue _picture;
    private readonly DetectorModel _model;
    private readonly DetectionOutputs _outputs;

    public FileOutputs(DetectorModel model, DetectionOutputs outputs, Device device)
    {
        (_model, _outputs) = (model, outputs);
        var input = ImageInput.Read(model.Model, (model.Resize.Width, model.Resize.Height));
        var part = Subgraph.Extract(model.Model, Names, new Dictionary<string, TypedShape>
        {
            [input.Name] = new(input.Type, input.Shape),
        });
        using var options = device.CreateSessionOptions();
        _session = new(part.ToBytes(), options);
        _options = new();
        _picture = HostTensors.Allocate(input.Type, input.Shape);
    }

    private string[] Names => [_outputs.Boxes, _outputs.Labels, _outputs.Scores];

    /// <summary>The objects in a picture of the network's size, in its pixels.</summary>
    /// <exception cref="ArgumentException">It has another size.</exception>
    public DetectedObject[] Run(RgbImage picture)
    {
        _model.RequireSize(picture, nameof(picture));
        _model.Normalization.Write(picture, _picture.GetTensorMutableDataAsSpan<float>());
        using var results = _session.Run(_options, [_model.InputName], [_picture], Names);
        var boxes = BoxConversion.ToBoxes(results[0].GetTensorDataAsSpan<float>(), BoxFormat.Xyxy);
        var labels = HostTensors.Read(results[1]).ToInt64();
        var scores = results[2].GetTensorDataAsSpan<float>();
        var found = new List<DetectedObject>();
        for (var i = 0; i < boxes.Length; i++)
            if (scores[i] > _model.Decoder.ScoreThreshold)
                found.Add(new(boxes[i], (int)labels[i] - _outputs.FirstLabel, scores[i]));
        return [.. found];
    }

    public void Dispose()
    {
        _picture.Dispose();
        _options.Dispose();
        _session.Dispose();
    }
}
