using System.Text.Json;
using System.Text.Json.Serialization;
using MLNet.Detection.Images;

namespace MLNet.Detection.Heads;

/// <summary>
/// The description of a head as a JSON file: what a report finds, to be corrected by hand where it is wrong, and given to
/// an import.
/// </summary>
public sealed record HeadFile
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = { new JsonStringEnumConverter() },
        ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>The head.</summary>
    public required DetectionHead Head { get; init; }

    /// <summary>Name of the anchor scheme, where the boxes need anchors: see <see cref="KnownAnchors.All"/>.</summary>
    public string? Anchors { get; init; }

    /// <summary>What the network takes for its pixels; null where the file says so itself.</summary>
    public Normalization? Pixels { get; init; }

    /// <summary>The description of a head that was found.</summary>
    public static HeadFile Of(DenseFinding finding) => new()
    {
        Head = finding.Head, Pixels = finding.Head.Pixels,
        Anchors = KnownAnchors.All.FirstOrDefault(known => known.Scheme == finding.Scheme)?.Name,
    };

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It is missing or no description; the message names file and place.</exception>
    public static HeadFile Load(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<HeadFile>(File.ReadAllText(path), Json) ?? throw new JsonException("it is null");
        }
        catch (Exception error) when (error is JsonException or NotSupportedException or IOException
            or UnauthorizedAccessException or ArgumentException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path}: no description of a head ({error.Message}); inspect the model with "
                + "--head-file to get one, and correct that.", error);
        }
    }

    /// <summary>Writes a file; one that is there stays.</summary>
    /// <exception cref="IOException">There is a file of that name, or it cannot be written.</exception>
    public void Save(string path)
    {
        using var stream = new FileStream(path, FileMode.CreateNew);
        JsonSerializer.Serialize(stream, this, Json);
    }
}
