namespace MLNet.Detection.Fuzz;

/// <summary>A reader with files that it reads.</summary>
/// <param name="Name">What it reads.</param>
/// <param name="Seeds">Sound inputs: files by their path below a folder; the first file of each is the one that is
/// opened.</param>
/// <param name="Read">Reads from the path of the first file, in a folder with the others.</param>
internal sealed record Target(string Name, IReadOnlyList<IReadOnlyList<SeedFile>> Seeds, Action<string> Read);
