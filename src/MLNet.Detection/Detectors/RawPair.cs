using MLNet.Detection.Anchors;
using MLNet.Detection.Images;
using OnnxGraphs.Models;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Detectors;

/// <summary>The raw values of classes and boxes of a file, and the anchors behind them: what several ways of importing it ask
/// for is looked for once.</summary>
/// <param name="model">The file.</param>
/// <param name="input">Its image input.</param>
internal sealed class RawPair(OnnxModel model, ImageInput input)
{
    private readonly Lazy<HeadPair> _values = new(() => HeadCut.Auto(model, input.Shapes));

    /// <summary>The two values.</summary>
    /// <exception cref="ModelException">Several pairs are as likely, or none is.</exception>
    public HeadPair Values => _values.Value;

    /// <summary>Anchors and coder of the tail behind the boxes.</summary>
    /// <exception cref="ModelException">There are no such values, or their tail is no decoding of this kind.</exception>
    public TailAnchors Anchors => FoundAnchors ??= TailAnchors.Find(model, Values.Boxes.Value, input);

    /// <summary>The same where they were asked for, and found; else null.</summary>
    public TailAnchors? FoundAnchors { get; private set; }
}
