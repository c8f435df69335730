using MLNet.Detection.Detectors;
using OnnxGraphs.Models;
using OnnxGraphs.Quantization;
using OnnxGraphs.Runtime;

namespace MLNet.Detection.Quantization;

/// <summary>Makes a detector of whole numbers; the decoding of boxes behind the network stays in floats.</summary>
public sealed class DetectorQuantizer : PictureQuantizer<DetectorModel>
{
    /// <summary>Plans the quantisation.</summary>
    /// <param name="detector">A detector in floats.</param>
    /// <param name="options">How; null: 8 bits by least and largest numbers.</param>
    /// <param name="device">Where pictures run.</param>
    /// <exception cref="ModelException">It has no layers to quantise, or computes on whole numbers already.</exception>
    public DetectorQuantizer(DetectorModel detector, QuantizationOptions? options = null, Device? device = null)
        : base(Checked(detector), options, device)
    {
    }

    private static DetectorModel Checked(DetectorModel detector) => detector.Head.Outputs is null ? detector
        : throw new ModelException($"{detector.Model.Path}: a {detector.Head.Kind} detector chooses its regions in the file; "
            + "no measure of its layers on their own is written yet. Keep it in floats.");
}
