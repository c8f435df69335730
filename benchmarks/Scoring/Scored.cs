using Microsoft.ML.OnnxRuntime;
using MLNet.Detection.Detectors;
using OnnxGraphs.Models;
using OnnxGraphs.Runtime;

namespace Benchmarks.Scoring;

/// <summary>A detector's file in a plain session, with one picture of noise.</summary>
internal sealed class Scored : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();
    private readonly OrtValue _picture;

    /// <summary>Opens it.</summary>
    /// <param name="path">A detector of this library.</param>
    /// <param name="folded">Whether stored weights are taken from the inputs.</param>
    /// <param name="profile">Where ONNX Runtime writes its profile; null: nowhere.</param>
    public Scored(string path, bool folded, string? profile = null)
    {
        var (resize, model) = (DetectorModel.Load(path).Resize, OnnxModel.Load(path));
        var stored = model.Proto.Graph.Initializer.Select(tensor => tensor.Name).ToHashSet();
        foreach (var input in model.Proto.Graph.Input.Where(input => folded && stored.Contains(input.Name)).ToList())
            model.Proto.Graph.Input.Remove(input);
        var pixels = new float[3 * resize.Width * resize.Height];
        var random = new Random(1);
        foreach (ref var pixel in pixels.AsSpan())
            pixel = random.NextSingle();
        _picture = OrtValue.CreateTensorValueFromMemory(pixels, [1, 3, resize.Height, resize.Width]);
        using var options = Device.Cpu.CreateSessionOptions();
        if (profile is not null)
            (options.ProfileOutputPathPrefix, options.EnableProfiling) = (profile, true);
        _session = new(model.ToBytes(), options);
    }

    /// <summary>Scores the picture.</summary>
    public void Run() => _session.Run(_options, [_session.InputNames[0]], [_picture], _session.OutputNames).Dispose();

    public void Dispose()
    {
        _session.Dispose();
        _options.Dispose();
        _picture.Dispose();
    }
}
