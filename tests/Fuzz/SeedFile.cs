namespace MLNet.Detection.Fuzz;

/// <summary>A file of a sound input.</summary>
/// <param name="Path">Below the input's folder.</param>
/// <param name="Bytes">Its content.</param>
/// <param name="Damage">Whether it is damaged; pictures beside annotations stay.</param>
internal sealed record SeedFile(string Path, byte[] Bytes, bool Damage = true);
