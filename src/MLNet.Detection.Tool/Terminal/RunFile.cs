namespace MLNet.Detection.Tool.Terminal;

/// <summary>A file that a run reads or writes.</summary>
/// <param name="Meaning">What it is to the run, as a message names it: an option, or a word.</param>
/// <param name="Path">The file; null is none.</param>
/// <param name="Remedy">What to do where it would be written over another that the run writes.</param>
internal sealed record RunFile(string Meaning, string? Path, string Remedy = "choose another name for one of them");
