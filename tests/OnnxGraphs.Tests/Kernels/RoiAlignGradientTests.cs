using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Tests.Kernels;

/// <summary>The gradient of RoiAlign against products of whole matrices.</summary>
[TestClass]
public class RoiAlignGradientTests
{
    // Inside, across the edges, the whole map, without extent, far away, turned around; images in any order.
    private static readonly Tensor Regions = Tensor.Of<float>(new(8, 4),
    [
        3, 2, 15, 11, -6, -4, 9, 8, 20, 14, 60, 50, 0, 0, 44, 34, 6, 6, 6, 6, -500, -500, -400, -400, 12, 20, 9, 3, 30.5f, 1.25f, 31, 1.5f,
    ]);

    [TestMethod]
    [DataRow("half_pixel", 0)]
    [DataRow("half_pixel", 2)]
    [DataRow("output_half_pixel", 0)]
    [DataRow("output_half_pixel", 2)]
    public void EqualsTheProducts(string mode, int samples)
    {
        foreach (long[] images in (long[][])[[0, 1, 1, 0, 0, 1, 0, 1], [0, 0, 0, 0, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1, 1, 1]])
        {
            var kernels = BothForms.Compare(x => Op.RoiAlign(x[0], x[0].Graph.Constant(Regions), x[0].Graph.Constant(images),
                new()
                {
                    { "coordinate_transformation_mode", mode }, { "sampling_ratio", samples }, { "spatial_scale", 0.5f },
                    { "output_height", 3 }, { "output_width", 5 },
                }), 2e-6f, new RandomTensors(6).Normal(2, 19, 17, 22));
            CollectionAssert.Contains(kernels.ToArray(), "RoiAlignGradient");
        }
    }
}
