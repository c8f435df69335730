using System.Numerics;

namespace MLNet.Detection.Anchors;

/// <summary>
/// Clusters of box sizes: k-means with the distance 1 - IoU of two boxes laid on one corner, so that large boxes do not
/// weigh more than small ones. Redmon and Farhadi 2017, section 2, https://arxiv.org/abs/1612.08242
/// </summary>
/// <param name="Sizes">Widths (X) and heights (Y), by growing area.</param>
/// <param name="MeanOverlap">Mean over the boxes of the IoU with their cluster's size, in [0, 1].</param>
public sealed record SizeClusters(IReadOnlyList<Vector2> Sizes, double MeanOverlap)
{
    private const int MaxRounds = 300;

    /// <summary>Fits clusters. The first ones are drawn as k-means++ does, far from each other.</summary>
    /// <param name="sizes">Widths and heights of boxes, all positive.</param>
    /// <param name="count">Number of clusters.</param>
    /// <param name="seed">The same seed gives the same clusters.</param>
    /// <exception cref="ArgumentException">There are fewer sizes than clusters, or one is not positive.</exception>
    public static SizeClusters Fit(IReadOnlyList<Vector2> sizes, int count, int seed = 0)
    {
        if (count <= 0 || sizes.Count < count)
            throw new ArgumentException(
                $"{sizes.Count} boxes cannot make {count} clusters; ask for 1 to {sizes.Count}.", nameof(count));
        if (sizes.Any(size => !(size.X > 0 && size.Y > 0)))
            throw new ArgumentException("Boxes without area have no cluster; leave them out.", nameof(sizes));
        var centers = Draw(sizes, count, new Random(seed));
        var nearest = new int[sizes.Count];
        for (var round = 0; round < MaxRounds; round++)
        {
            var assigned = sizes.Select(size => Nearest(size, centers)).ToArray();
            if (round > 0 && assigned.AsSpan().SequenceEqual(nearest))
                break;
            nearest = assigned;
            Move(centers, sizes, nearest);
        }
        return new(
            [.. centers.OrderBy(center => center.X * center.Y)],
            sizes.Average(size => (double)centers.Max(center => Overlap(size, center))));
    }

    /// <summary>IoU of two boxes laid on one corner.</summary>
    public static float Overlap(Vector2 a, Vector2 b)
    {
        var common = Vector2.Min(a, b);
        var intersection = common.X * common.Y;
        return intersection / (a.X * a.Y + b.X * b.Y - intersection);
    }

    // Each next centre with a probability that grows with the squared distance to the ones before.
    private static Vector2[] Draw(IReadOnlyList<Vector2> sizes, int count, Random random)
    {
        var centers = new List<Vector2> { sizes[random.Next(sizes.Count)] };
        while (centers.Count < count)
        {
            double[] weights = [.. sizes.Select(size => Math.Pow(1 - centers.Max(c => Overlap(size, c)), 2))];
            var (left, chosen) = (random.NextDouble() * weights.Sum(), 0);
            while (chosen < weights.Length - 1 && (left -= weights[chosen]) >= 0)
                chosen++;
            centers.Add(sizes[chosen]);
        }
        return [.. centers];
    }

    private static int Nearest(Vector2 size, Vector2[] centers)
    {
        var nearest = 0;
        for (var i = 1; i < centers.Length; i++)
            if (Overlap(size, centers[i]) > Overlap(size, centers[nearest]))
                nearest = i;
        return nearest;
    }

    private static void Move(Vector2[] centers, IReadOnlyList<Vector2> sizes, int[] nearest)
    {
        var (sums, counts) = (new Vector2[centers.Length], new int[centers.Length]);
        for (var i = 0; i < nearest.Length; i++)
        {
            sums[nearest[i]] += sizes[i];
            counts[nearest[i]]++;
        }
        for (var i = 0; i < centers.Length; i++)
            if (counts[i] > 0)
                centers[i] = sums[i] / counts[i];
    }
}
