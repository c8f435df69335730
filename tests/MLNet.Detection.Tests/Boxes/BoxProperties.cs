using MLNet.Detection.Augmentation;
using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Images;

namespace MLNet.Detection.Tests.Boxes;

[TestClass]
public sealed class BoxProperties
{
    [TestMethod]
    public void IoU_is_symmetric_and_within_0_and_1() => Properties.Hold(
        Properties.AnyBox, Properties.AnyBox, (a, b) =>
            BoxOverlap.IntersectionOverUnion(a, b) is >= 0f and <= 1f and var iou
            && iou == BoxOverlap.IntersectionOverUnion(b, a));

    [TestMethod]
    public void A_box_overlaps_itself_wholly() => Properties.Hold(
        Properties.ProperBox, box => Enum.GetValues<OverlapKind>().All(kind =>
            MathF.Abs(BoxOverlap.Of(box, box, kind) - 1f) < 1e-6f));

    [TestMethod]
    public void Generalised_overlaps_are_symmetric_and_never_above_IoU() => Properties.Hold(
        Properties.AnyBox, Properties.AnyBox, (a, b) => Enum.GetValues<OverlapKind>().All(kind =>
            BoxOverlap.Of(a, b, kind) is >= -2f and var overlap
            && overlap <= BoxOverlap.IntersectionOverUnion(a, b)
            && MathF.Abs(overlap - BoxOverlap.Of(b, a, kind)) < 1e-6f));

    [TestMethod]
    public void Decoding_undoes_encoding()
    {
        foreach (var coder in new[] { BoxCoder.Ssd, BoxCoder.FromVariances(), new BoxCoder(1, 2, 3, 4) })
            Properties.Hold(Properties.ProperBox, Properties.ProperBox, (truth, anchor) =>
                truth.Width > 60 * anchor.Width || truth.Height > 60 * anchor.Height
                || Same(truth, coder.Decode(coder.Encode(truth, anchor), anchor)));
        foreach (var distances in new[] { new DistanceCoder(), new DistanceCoder(NormalizeBySize: false) })
            Properties.Hold(Properties.ProperBox, Properties.ProperBox, (truth, anchor) =>
                Same(truth, distances.Decode(distances.Encode(truth, anchor), anchor)));
    }

    [TestMethod]
    public void Flipping_twice_changes_nothing() => Properties.Hold(
        Properties.ProperBox, box =>
        {
            var image = new RgbImage(3, 2, [.. Enumerable.Range(0, 18).Select(i => (byte)(i * box.Width))]);
            var picture = new LabeledPicture(image, [new(box, 1, box.Area)]);
            var twice = HorizontalFlip.Flip(HorizontalFlip.Flip(picture));
            return Same(box, twice.Boxes[0].Box) && twice.Image.Pixels.AsSpan().SequenceEqual(image.Pixels);
        });

    [TestMethod]
    public void Scaling_to_parts_of_the_picture_and_back_changes_nothing() => Properties.Hold(
        Properties.AnyBox, box => Same(box, box.Normalize(640, 480).Denormalize(640, 480)));

    private static bool Same(Box a, Box b) =>
        new[] { a.X0 - b.X0, a.Y0 - b.Y0, a.X1 - b.X1, a.Y1 - b.Y1 }.All(d => MathF.Abs(d) <= 1e-3f);
}
