using System.Globalization;

namespace Benchmarks.Plots;

/// <summary>A line of the CSV file that growth.sh writes.</summary>
/// <param name="Network">ultraface, ssdlite or retinanet.</param>
/// <param name="Side">kernels, operators or pytorch.</param>
/// <param name="Sweep">What grows: batch or size.</param>
/// <param name="Threads">Threads of a step.</param>
/// <param name="Batch">Images of a step.</param>
/// <param name="Pixels">Of an image.</param>
/// <param name="Milliseconds">The median of a step's times.</param>
internal sealed record StepTime(
    string Network, string Side, string Sweep, int Threads, int Batch, int Pixels, double Milliseconds)
{
    /// <summary>All lines behind the header.</summary>
    public static StepTime[] Read(string path) => [.. File.ReadLines(path).Skip(1).Select(Parse)];

    private static StepTime Parse(string line)
    {
        var fields = line.Split(',');
        int Number(int field) => int.Parse(fields[field], CultureInfo.InvariantCulture);
        return new(fields[1], fields[2], fields[0], Number(3), Number(4), Number(5) * Number(6),
            double.Parse(fields[7], CultureInfo.InvariantCulture));
    }
}
