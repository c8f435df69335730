using System.Text;
using MLNet.Detection.Data;

namespace MLNet.Detection.Tests.Data.Formats;

/// <summary>Whatever is done to annotation files, a reader reads them or says what is wrong, and where.</summary>
[TestClass]
public sealed class DamagedFileTests
{
    private const int Rounds = 120;

    private static readonly string[] Snippets =
    [
        "", "\"", "{", "]", ",", "\n", "\0", "1e999", "-1", "null", "\\ud800", "../", "<", "&", ":", "\t", "é", "[[[[",
        "#",
    ];

    public static IEnumerable<DatasetFormat> Formats => DatasetFormat.All;

    [TestMethod]
    [DynamicData(nameof(Formats))]
    public void Damage_is_read_or_refused_with_a_place(DatasetFormat format)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File(RoundTripProperties.FileName(format));
        format.SaveAndLoad(SampleData.Full, path);
        string[] files = [.. Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) != ".png" && new FileInfo(file).Length > 0)
            .Order(StringComparer.Ordinal)];
        var (random, refused) = (new Random(7), 0);
        for (var round = 0; round < Rounds; round++)
        {
            var file = files[random.Next(files.Length)];
            var whole = File.ReadAllBytes(file);
            File.WriteAllBytes(file, Damage(whole, random));
            try
            {
                format.Load(path);
            }
            catch (DatasetException error)
            {
                refused++;
                Assert.StartsWith(folder.Path, error.File);
            }
            File.WriteAllBytes(file, whole);
        }
        Assert.IsGreaterThan(Rounds / 10, refused);
    }

    private static byte[] Damage(byte[] bytes, Random random)
    {
        var at = random.Next(bytes.Length);
        return random.Next(4) switch
        {
            0 => bytes[..at],
            1 => [.. bytes[..at], (byte)random.Next(256), .. bytes[(at + 1)..]],
            2 => [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + random.Next(20))..]],
            _ => [.. bytes[..at], .. Encoding.UTF8.GetBytes(Snippets[random.Next(Snippets.Length)]), .. bytes[at..]],
        };
    }
}
