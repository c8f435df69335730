using MLNet.Detection.Images;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Quantization;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Inspection;

/// <summary>What is particular about a file as it is, and is taken care of.</summary>
internal static class FileNotes
{
    /// <summary>The notes, a sentence each.</summary>
    /// <param name="model">The file.</param>
    /// <param name="size">Width and height of the pictures; where the file leaves them open and they are not given, a size
    /// that it runs at.</param>
    public static IReadOnlyList<string> Of(OnnxModel model, ref (int Width, int Height)? size)
    {
        var notes = new List<string>(model.Notes);
        if (model.Inputs.Count == 0)
            return notes;
        try
        {
            if (size is null && ImageInput.IsOpen(model))
            {
                size = FileForm.GuessSize(model);
                notes.Add(size is var (width, height)
                    ? $"the file leaves the image size open; it runs at {width} x {height}, which the command names: another "
                        + "size that it runs at may be given there"
                    : "the file leaves the image size open, and runs at none of the customary sizes");
            }
            var opened = FileForm.Open(model, size);
            var held = HeldInputs.Names(opened);
            if (held.Count > 0)
                notes.Add($"beside the picture the file takes {string.Join(", ", held.Select(name => $"'{name}'"))}: held at "
                    + "what a picture of the network's size gives, and inputs of the saved file as before");
            if (PluginTail.Operators(opened) is { Count: > 0 } plugins)
                notes.Add($"the file ends with {string.Join(", ", plugins)}, which only TensorRT computes: cut off while it "
                    + "is trained and measured, and at its place in the saved file");
            if (IntegerForm.IsOpen(opened))
                notes.Add("layers of whole numbers are trained as floats, and saved in whole numbers again");
            if (OperatorForm.IsOpen(opened))
                notes.Add("operators on whole numbers are trained between pairs of QuantizeLinear and DequantizeLinear, and saved "
                    + "as they were");
            if (BlockForm.IsOpen(opened))
                notes.Add("weights in blocks of whole numbers are trained as floats, and saved in blocks again");
            if (ImageInput.Declared(ImageInput.Picture(model)).Type == ElementType.Float16)
                notes.Add("the picture is Float16: trained in Float32, and saved in 16 bits again");
        }
        catch (ModelException)
        {
            // What is wrong is among the problems.
        }
        return notes;
    }
}
