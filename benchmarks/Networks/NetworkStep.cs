using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Models;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Runtime;
using OnnxGraphs.Training;

namespace Benchmarks.Networks;

/// <summary>A training step of a network on random pictures and targets.</summary>
internal sealed class NetworkStep
{
    private readonly OnnxModel _model;
    private readonly TrainingGraph _graph;
    private readonly double _buildMilliseconds;
    private readonly int _threads;

    public NetworkStep(string model, string[] heads, int batch, long[] size, string loss, string optimizer,
        int threads, bool recompute)
    {
        _threads = threads;
        _model = OnnxModel.Load(model);
        var watch = Stopwatch.StartNew();
        DetectionLoss detection = loss == "retinanet" ? new RetinaNetLoss() : new MultiBoxLoss();
        _graph = TrainingGraph.Build(_model, heads, (graph, values) =>
        {
            var anchors = values[0].Shape[1];
            var targets = new DetectionTargets(graph.Input("target/classes", ElementType.Int64, new(batch, anchors)),
                graph.Input("target/boxes", batch, anchors, 4));
            return detection.Terms(targets, values[0], values[1]);
        }, optimizer == "adamw" ? new AdamW { WeightDecay = 1e-4f } : new Sgd { WeightDecay = 1e-4f }, new()
        {
            InputShapes = new Dictionary<string, TensorShape>
            {
                [_model.Inputs[0].Name] = new(batch, 3, size[0], size[1]),
            },
            Recompute = recompute,
        });
        _buildMilliseconds = watch.Elapsed.TotalMilliseconds;
    }

    /// <summary>A line for each form: with kernels (true) or without.</summary>
    public IEnumerable<string> Measure(bool[] forms, int rounds)
    {
        var runs = forms.Select(Start).ToList();
        var times = forms.Select(_ => new List<double>()).ToList();
        for (var round = 0; round < rounds; round++)
            for (var form = 0; form < forms.Length; form++)
                for (var i = 0; i < 8; i++)
                {
                    var watch = Stopwatch.StartNew();
                    runs[form].Run.Step(1e-5f);
                    if (i > 0)
                        times[form].Add(watch.Elapsed.TotalMilliseconds);
                }
        for (var form = 0; form < forms.Length; form++)
        {
            var sorted = times[form].Order().ToArray();
            yield return $"kernels {(forms[form] ? "on " : "off")}: median {sorted[sorted.Length / 2]:f1} ms, fifth "
                + $"{sorted[sorted.Length / 5]:f1} ms, best {sorted[0]:f1} ms; build {_buildMilliseconds:f0} ms, session "
                + $"{runs[form].Milliseconds:f0} ms";
            runs[form].Run.Dispose();
        }
        yield return $"peak memory {Process.GetCurrentProcess().PeakWorkingSet64 / 1e6:f0} MB";
    }

    /// <summary>The median and the best of some seconds of steps, behind half as many that are not counted.</summary>
    public (double Median, double Best) Time(bool kernels, double seconds)
    {
        var run = Start(kernels).Run;
        _ = Steps(run, 2, seconds / 2);
        var sorted = Steps(run, 3, seconds).Order().ToArray();
        run.Dispose();
        return (sorted[sorted.Length / 2], sorted[0]);
    }

    private static List<double> Steps(TrainingRun run, int least, double seconds)
    {
        var times = new List<double>();
        while (times.Count < least || times.Sum() < 1e3 * seconds)
        {
            var watch = Stopwatch.StartNew();
            run.Step(1e-5f);
            times.Add(watch.Elapsed.TotalMilliseconds);
        }
        return times;
    }

    /// <summary>Some steps under ONNX Runtime's profiler.</summary>
    public void Profile(bool kernels, string prefix, int steps)
    {
        using var run = Filled(new(_graph, _model, Device.Cpu with { Kernels = kernels }, options =>
        {
            options.IntraOpNumThreads = _threads;
            (options.ProfileOutputPathPrefix, options.EnableProfiling) = (prefix, true);
        }));
        for (var i = 0; i < steps; i++)
            run.Step(1e-5f);
    }

    private (TrainingRun Run, double Milliseconds) Start(bool kernels)
    {
        var watch = Stopwatch.StartNew();
        var run = new TrainingRun(_graph, _model, Device.Cpu with { Kernels = kernels },
            options => options.IntraOpNumThreads = _threads);
        return (Filled(run), watch.Elapsed.TotalMilliseconds);
    }

    private TrainingRun Filled(TrainingRun run)
    {
        var random = new Random(1);
        foreach (ref var pixel in run.Input<float>(_model.Inputs[0].Name))
            pixel = random.NextSingle() * 2 - 1;
        foreach (ref var number in run.Input<float>("target/boxes"))
            number = random.NextSingle() * 2 - 1;
        foreach (ref var number in run.Input<long>("target/classes"))
            number = random.Next(1000) < 4 ? 0 : -1;
        return run;
    }
}
