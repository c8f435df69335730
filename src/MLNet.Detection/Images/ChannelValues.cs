namespace MLNet.Detection.Images;

/// <summary>A number for each colour.</summary>
/// <param name="Red">For red.</param>
/// <param name="Green">For green.</param>
/// <param name="Blue">For blue.</param>
public readonly record struct ChannelValues(float Red, float Green, float Blue)
{
    /// <summary>The same number for all three.</summary>
    public static implicit operator ChannelValues(float value) => new(value, value, value);
}
