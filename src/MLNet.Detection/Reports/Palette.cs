namespace MLNet.Detection.Reports;

/// <summary>
/// Seven colours that people with any common colour blindness tell apart (Okabe and Ito 2008,
/// https://jfly.uni-koeln.de/color); the style sheet holds a light and a dark form of each. More than seven lines
/// repeat them dashed.
/// </summary>
internal static class Palette
{
    private const int Colors = 7;

    public static string Class(int index) => $"c{index % Colors}{(index >= Colors ? " again" : "")}";
}
