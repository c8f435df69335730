namespace Samples.WebService;

/// <summary>A picture as it should have been understood.</summary>
/// <param name="Picture">The bytes of the picture file; base64 in JSON.</param>
/// <param name="Objects">All objects of the picture; none where there are none.</param>
public sealed record Feedback(byte[] Picture, IReadOnlyList<TrueBox> Objects);
