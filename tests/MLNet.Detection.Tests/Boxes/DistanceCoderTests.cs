using MLNet.Detection.Boxes;

namespace MLNet.Detection.Tests.Boxes;

[TestClass]
public sealed class DistanceCoderTests
{
    private static IEnumerable<object[]> Encodings => References.Named("09_matching", "fcos_encode");

    private static IEnumerable<object[]> Decodings => References.Named("09_matching", "fcos_decode");

    [TestMethod, DynamicData(nameof(Encodings))]
    public void Encodes(object row)
    {
        var reference = (ReferenceCase)row;
        var coder = new DistanceCoder(reference.Flag("normalize_by_size"));
        var distances = reference.Boxes("proposals").Zip(reference.Boxes("reference_boxes"), coder.Encode)
            .SelectMany(d => new[] { d.Left, d.Top, d.Right, d.Bottom }).ToArray();
        Close.To(reference.Value(), distances, 1e-6, reference.Name);
    }

    [TestMethod, DynamicData(nameof(Decodings))]
    public void Decodes(object row)
    {
        var reference = (ReferenceCase)row;
        var coder = new DistanceCoder(reference.Flag("normalize_by_size"));
        var boxes = reference.Boxes("rel_codes").Zip(
            reference.Boxes("boxes"), (d, anchor) => coder.Decode((d.X0, d.Y0, d.X1, d.Y1), anchor)).ToArray();
        Close.To(reference.Value(), boxes, 1e-6, reference.Name);
    }
}
