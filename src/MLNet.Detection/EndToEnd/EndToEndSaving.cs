using MLNet.Detection.EndToEnd;
using OnnxGraphs.Models;

namespace MLNet.Detection.Detectors;

/// <summary>Saves detectors for deployment.</summary>
public static class EndToEndSaving
{
    /// <summary>
    /// Writes an ONNX file of its own for deployment, from a picture to its objects: <c>pixels</c>, uint8
    /// [height, width, 3], red, green, blue, of any size, in; <c>boxes</c> [n, 4] in pixels of the picture, <c>scores</c> [n] and
    /// <c>labels</c>, Int64 [n] from 0, out. It cannot be trained or loaded again; keep the file of
    /// <see cref="DetectorModel.Save"/>.
    /// </summary>
    /// <exception cref="ModelException">The head has no such form, or the file cannot be written.</exception>
    public static void SaveEndToEnd(this DetectorModel detector, string path) => EndToEndModel.Of(detector).Save(path);
}
