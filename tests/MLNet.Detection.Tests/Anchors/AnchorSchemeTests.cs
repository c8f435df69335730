using System.Text.Json;
using MLNet.Detection.Anchors;
using MLNet.Detection.Boxes;

namespace MLNet.Detection.Tests.Anchors;

[TestClass]
public sealed class AnchorSchemeTests
{
    private const string Group = "10_anchors";

    private static IEnumerable<object[]> RetinaNet => References.Named(Group, "anchor_generator");

    private static IEnumerable<object[]> Ssd => References.Named(Group, "default_box_generator");

    private static IEnumerable<object[]> Keras => References.Named(Group, "keras_anchors");

    private static IEnumerable<object[]> SsdPytorch => References.Named(Group, "ssd_pytorch_priorbox");

    private static IEnumerable<object[]> UltraFace => References.Named(Group, "ultraface_priors");

    [TestMethod, DynamicData(nameof(RetinaNet))]
    public void RetinaNetAnchorsAreTorchvisions(object row)
    {
        var reference = (ReferenceCase)row;
        var scheme = new RetinaNetAnchors(Lists(reference, "sizes"), Lists(reference, "aspect_ratios"));
        for (var level = 0; level < scheme.Levels; level++)
            Close.To(reference.Output($"cell_anchors_{level}"), scheme.CellAnchors(level), 0, $"cell anchors {level}");
        var (width, height) = Image(reference);
        Compare(reference, "", scheme.Generate(width, height, Maps(reference)), 1e-7);
    }

    // Keras' feature pyramid on 200 x 333 pixels: maps are rounded up, and the cells stay 8 pixels wide.
    [TestMethod]
    public void StridesOfLevelsReplaceThoseOfTheMaps()
    {
        var scheme = new RetinaNetAnchors([[32f]], [[1f]]) { CenterOffset = 0.5f };
        Assert.AreEqual(3.5f, CenterX(scheme.Generate(333, 200, new GridSize(42, 25))[0]));
        var strided = scheme with { Strides = [8f] };
        var anchors = strided.Generate(333, 200, new GridSize(42, 25));
        Assert.AreEqual((4f, 4f), (CenterX(anchors[0]), (anchors[0].Y0 + anchors[0].Y1) / 2));
        Assert.AreEqual(4f + 41 * 8, CenterX(anchors[41]));
        foreach (var strides in new[] { new float[] { 8, 16 }, [0], [float.NaN] })
            Assert.ThrowsExactly<ArgumentException>(
                () => (scheme with { Strides = strides }).Generate(333, 200, new GridSize(42, 25)));
    }

    private static float CenterX(Box box) => (box.X0 + box.X1) / 2;

    [TestMethod, DynamicData(nameof(Ssd))]
    public void SsdAnchorsAreTorchvisions(object row)
    {
        var reference = (ReferenceCase)row;
        var p = reference.Params;
        var ratios = Lists(reference, "aspect_ratios");
        var steps = Optional(p.GetProperty("steps"), e => e.GetInt32());
        var scheme = Optional(p.GetProperty("scales"), e => e.GetDouble()) is { } scales
            ? new SsdAnchors(ratios, scales, steps)
            : SsdAnchors.FromScaleRange(
                ratios, p.GetProperty("min_ratio").GetDouble(), p.GetProperty("max_ratio").GetDouble(), steps);
        var (width, height) = Image(reference);
        var anchors = (scheme with { Clip = reference.Flag("clip") }).Generate(width, height, Maps(reference));
        Compare(reference, "xyxy_", anchors, 1e-6);
        Compare(reference, "cxcywh_", Normalized(anchors, width, height), 1e-6);
    }

    [TestMethod, DynamicData(nameof(Keras))]
    public void CentredAnchorsAreKeras(object row)
    {
        var reference = (ReferenceCase)row;
        var strides = ReferenceCase.Numbers(reference.Params.GetProperty("strides"), e => e.GetInt32());
        var bases = ReferenceCase.Numbers(reference.Params.GetProperty("base"), e => e.GetSingle());
        float[][] sizes = [.. bases.Select(b => new[] { b, b * MathF.Pow(2, 1 / 3f), b * MathF.Pow(2, 2 / 3f) })];
        var scheme = RetinaNetAnchors.WithRatios(sizes, [2f, 1f, 0.5f]) with { Round = false, CenterOffset = 0.5f };
        var (width, height) = Image(reference);
        var anchors = scheme.Generate(width, height, [.. strides.Select(s => GridSize.FromStride(width, height, s))]);
        Compare(reference, "", Normalized(anchors, 1, 1), 1e-6);
    }

    [TestMethod, DynamicData(nameof(SsdPytorch))]
    public void SsdAnchorsWithClippedCentresAreSsdPytorchs(object row)
    {
        var reference = (ReferenceCase)row;
        var p = reference.Params;
        var sizes = ReferenceCase.Numbers(p.GetProperty("min_sizes"), e => e.GetDouble()).Append(315);
        var scheme = new SsdAnchors(
            [[2], [2, 3], [2, 3], [2, 3], [2], [2]],
            [.. sizes.Select(s => s / 300)],
            ReferenceCase.Numbers(p.GetProperty("steps"), e => e.GetInt32())) { ClipCenters = true };
        var maps = ReferenceCase.Numbers(p.GetProperty("maps"), e => new GridSize(e.GetInt32(), e.GetInt32()));
        Compare(reference, "", Normalized(scheme.Generate(300, 300, maps), 300, 300), 1e-6);
    }

    [TestMethod, DynamicData(nameof(UltraFace))]
    public void UltraFacePriors(object row)
    {
        var reference = (ReferenceCase)row;
        var size = ReferenceCase.Numbers(reference.Params.GetProperty("image_wh"), e => e.GetInt32());
        var anchors = UltraFaceAnchors.Default.Generate(size[0], size[1]);
        Compare(reference, "", Normalized(anchors, size[0], size[1]), 1e-6);
    }

    [TestMethod]
    public void UltraFacePriorsAreThoseOfTheModel()
    {
        var file = Shared.File("models/ultraface/priors_320x240_cxcywh.bin");
        var expected = AnchorFile.Load(file, AnchorFormat.CxcywhNormalized, 1, 1);
        var actual = UltraFaceAnchors.Default.Generate(320, 240);
        Assert.HasCount(expected.Length, actual);
        for (var i = 0; i < expected.Length; i++)
        {
            var (a, b) = (expected[i].ToCxcywh(), actual[i].Scale(1 / 320f, 1 / 240f).ToCxcywh());
            double[] differences = [a.Cx - b.Cx, a.Cy - b.Cy, a.Width - b.Width, a.Height - b.Height];
            Assert.IsLessThan(1e-6, differences.Max(Math.Abs), $"prior {i}: {b}, expected {a}");
        }
    }

    [TestMethod]
    public void ASsdLiteModelsAnchorsAreTheSchemes()
    {
        var expected = AnchorFile.Load(
            Shared.File("models/ssdlite320_mobilenet_v3_large_c4_anchors.bin"), AnchorFormat.XyxyPixels, 320, 320);
        int[] strides = [16, 32, 64, 107, 160, 320];
        var maps = strides.Select(s => GridSize.FromStride(320, 320, s)).ToArray();
        var actual = SsdAnchors.SsdLite320.Generate(320, 320, maps);
        Close.To([.. expected.SelectMany(b => new double[] { b.X0, b.Y0, b.X1, b.Y1 })], actual, 1e-6, "anchors");
    }

    [TestMethod]
    public void DefaultsHaveTheSizesOfTorchvision()
    {
        CollectionAssert.AreEqual(
            new float[] { 32, 40, 50, 64, 80, 101, 128, 161, 203, 256, 322, 406, 512, 645, 812 },
            RetinaNetAnchors.Default.Sizes.SelectMany(s => s).ToArray());
        Assert.AreEqual(9, RetinaNetAnchors.Default.AnchorsPerCell(0));
        Assert.AreEqual(3, RetinaNetAnchors.FasterRcnn.AnchorsPerCell(4));
        GridSize[] maps = [new(38, 38), new(19, 19), new(10, 10), new(5, 5), new(3, 3), new(1, 1)];
        Assert.HasCount(8732, SsdAnchors.Ssd300.Generate(300, 300, maps));
        Assert.AreEqual(6, SsdAnchors.SsdLite320.AnchorsPerCell(5));
        Assert.AreEqual(2, UltraFaceAnchors.Default.AnchorsPerCell(1));
    }

    [TestMethod]
    public void WrongLevelsAndSizesAreNamed()
    {
        var scheme = RetinaNetAnchors.Default;
        var levels = Assert.ThrowsExactly<ArgumentException>(() => scheme.Generate(64, 64, new GridSize(8, 8)));
        StringAssert.Contains(levels.Message, "5 levels, but 1 feature maps");
        var map = Assert.ThrowsExactly<ArgumentException>(
            () => new UltraFaceAnchors([[8f]]).Generate(64, 64, new GridSize(8, 0)));
        StringAssert.Contains(map.Message, "Feature map 0 is 8 x 0");
        var image = Assert.ThrowsExactly<ArgumentException>(
            () => new UltraFaceAnchors([[8f]]).Generate(0, 64, new GridSize(8, 8)));
        StringAssert.Contains(image.Message, "0 x 64");
        var ratios = Assert.ThrowsExactly<ArgumentException>(
            () => new RetinaNetAnchors([[8f], [16f]], [[1f]]).Generate(64, 64, new(8, 8), new(4, 4)));
        StringAssert.Contains(ratios.Message, "2 levels");
        var scales = Assert.ThrowsExactly<ArgumentException>(
            () => new SsdAnchors([[2f]], [0.2]).Generate(64, 64, new GridSize(8, 8)));
        StringAssert.Contains(scales.Message, "need 2 scales");
    }

    private static float[] Normalized(Box[] anchors, int width, int height) =>
        [.. anchors.SelectMany(a =>
        {
            var (cx, cy, w, h) = a.ToCxcywh();
            return new[] { cx / width, cy / height, w / width, h / height };
        })];

    private static void Compare(ReferenceCase reference, string prefix, Box[] anchors, double tolerance) =>
        Compare(reference, prefix, [.. anchors.SelectMany(a => new[] { a.X0, a.Y0, a.X1, a.Y1 })], tolerance);

    private static void Compare(ReferenceCase reference, string prefix, float[] anchors, double tolerance)
    {
        Assert.AreEqual(reference.Output(prefix + "count")[0], anchors.Length / 4);
        Close.To(reference.Output(prefix + "first_8_rows"), anchors.AsSpan(0, 32), tolerance, prefix + "first rows");
        Close.To(reference.Output(prefix + "last_8_rows"), anchors.AsSpan(^32..), tolerance, prefix + "last rows");
        if (reference.HasOutput(prefix + "boxes"))
            Close.To(reference.Output(prefix + "boxes"), anchors, tolerance, prefix + "boxes");
        var columns = new double[4];
        var (squares, weighted) = (0.0, 0.0);
        foreach (var (i, value) in anchors.Index())
        {
            columns[i % 4] += value;
            squares += (double)value * value;
            weighted += (i / 4 + 1.0) * value;
        }
        for (var column = 0; column < 4; column++)
            Near(reference.Output(prefix + "column_sums")[column], columns[column], tolerance);
        Near(reference.Output(prefix + "sum_of_squares")[0], squares, tolerance);
        Near(reference.Output(prefix + "row_weighted_sum")[0], weighted, tolerance);
    }

    private static void Near(double expected, double actual, double tolerance) =>
        Assert.AreEqual(expected, actual, tolerance * Math.Abs(expected));

    private static (int Width, int Height) Image(ReferenceCase reference)
    {
        var size = ReferenceCase.Numbers(reference.Params.GetProperty("image_hw"), e => e.GetInt32());
        return (size[1], size[0]);
    }

    private static GridSize[] Maps(ReferenceCase reference) => ReferenceCase.Numbers(
        reference.Params.GetProperty("feature_maps_hw"), e => new GridSize(e[1].GetInt32(), e[0].GetInt32()));

    private static float[][] Lists(ReferenceCase reference, string parameter) => ReferenceCase.Numbers(
        reference.Params.GetProperty(parameter), list => ReferenceCase.Numbers(list, e => (float)e.GetDouble()));

    private static T[]? Optional<T>(JsonElement list, Func<JsonElement, T> read) =>
        list.ValueKind == JsonValueKind.Null ? null : ReferenceCase.Numbers(list, read);
}
