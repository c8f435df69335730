using MLNet.Detection.EndToEnd;
using MLNet.Detection.Segmentation;
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

    /// <summary>
    /// Writes an ONNX file of its own for deployment, from a picture to the class of each of its pixels: <c>pixels</c>, uint8
    /// [height, width, 3], red, green, blue, of any size, in; <c>labels</c>, uint8 [height, width], 0 for background and 1 for
    /// the first class, out. It cannot be trained or loaded again; keep the file of <see cref="SegmenterModel.Save"/>.
    /// </summary>
    /// <exception cref="ModelException">The file cannot be written.</exception>
    public static void SaveEndToEnd(this SegmenterModel segmenter, string path) => MaskModel.Of(segmenter).Save(path);
}
