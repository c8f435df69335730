namespace MLNet.Detection.Data;

/// <summary>
/// A place in a JSON file of lists: which list, which element of it, which key, which byte. Words are made of it only
/// on an error.
/// </summary>
internal readonly record struct JsonPlace(string Section, int Index = -1, long Offset = 0, string? Name = null)
{
    public JsonPlace Key(string name) => this with { Name = name };

    public override string ToString() =>
        $"{Section}{(Index < 0 ? "" : $"[{Index}]")}{(Name is null ? "" : "." + Name)}";
}
