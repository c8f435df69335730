using MLNet.Detection.Networks;
using OnnxGraphs.Quantization;

namespace MLNet.Detection.Quantization;

/// <summary>
/// Finds what must stay in floats. Where all layers in whole numbers cost more accuracy than is allowed, each layer is
/// measured as the only one in whole numbers, and those that cost most return to floats, one after the other, until the
/// cost is allowed.
/// </summary>
/// <typeparam name="TModel">A detector or a segmentation network.</typeparam>
/// <param name="quantizer">Pictures have been shown to it.</param>
/// <param name="measure">The accuracy of a network on held-out pictures, such as its mAP or mean IoU.</param>
/// <param name="maxDrop">The accuracy that may be lost.</param>
public sealed class QuantizationSearch<TModel>(
    PictureQuantizer<TModel> quantizer, Func<TModel, double> measure, double maxDrop = 0.005)
    where TModel : PictureNetwork
{
    /// <summary>Called after each measurement: measurements made, and how many there are at most.</summary>
    public Action<int, int>? Progress { get; init; }

    /// <summary>What each layer costs as the only one in whole numbers, the dearest first; empty where it was not
    /// needed.</summary>
    public IReadOnlyList<(QuantizedNode Layer, double Drop)> Sensitivity { get; private set; } = [];

    /// <summary>The measurements of the way, all in whole numbers first.</summary>
    public IReadOnlyList<QuantizationStep> Steps { get; private set; } = [];

    /// <summary>Searches.</summary>
    /// <param name="accuracy">What the network in floats has.</param>
    /// <param name="cancel">Ends the search.</param>
    /// <returns>The network with the fewest layers in floats that was found to lose no more than is allowed; with all in
    /// floats nothing is lost.</returns>
    public TModel Find(double accuracy, CancellationToken cancel = default)
    {
        QuantizedNode[] layers = [.. quantizer.Plan.Nodes.Where(node => node.Kind == QuantizedNodeKind.Layer)];
        var (made, steps, floats) = (0, new List<QuantizationStep>(), new List<string>());
        var found = Measured(floats);
        if (steps[^1].Accuracy < accuracy - maxDrop)
        {
            Sensitivity = [.. layers.Select(layer => (layer, accuracy - Alone(layer))).OrderByDescending(at => at.Item2)];
            foreach (var (layer, _) in Sensitivity)
            {
                floats.Add(layer.Value);
                found = Measured(floats);
                if (steps[^1].Accuracy >= accuracy - maxDrop)
                    break;
            }
        }
        Steps = steps;
        return found;

        TModel Measured(IReadOnlyList<string> values)
        {
            cancel.ThrowIfCancellationRequested();
            var model = quantizer.Quantize(values.Count == layers.Length
                ? [.. quantizer.Plan.Nodes.Select(node => node.Value)] : [.. values]);
            steps.Add(new([.. values], measure(model)));
            Progress?.Invoke(++made, 2 * layers.Length + 1);
            return model;
        }

        double Alone(QuantizedNode layer)
        {
            cancel.ThrowIfCancellationRequested();
            var drop = measure(quantizer.Quantize(
                [.. quantizer.Plan.Nodes.Where(node => node != layer).Select(node => node.Value)]));
            Progress?.Invoke(++made, 2 * layers.Length + 1);
            return drop;
        }
    }
}
