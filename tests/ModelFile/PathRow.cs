/// <summary>A picture on disk.</summary>
internal sealed class PathRow
{
    public string Path { get; set; } = "";
}
