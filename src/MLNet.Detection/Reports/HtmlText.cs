using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace MLNet.Detection.Reports;

/// <summary>
/// Collects HTML. What stands in braces of an interpolated string is always escaped, numbers are invariant.
/// </summary>
internal sealed class HtmlText
{
    private readonly StringBuilder _text = new();

    public HtmlText Add([InterpolatedStringHandlerArgument("")] ref Handler markup) => this;

    /// <summary>Adds what is markup already.</summary>
    public HtmlText AddMarkup(string markup)
    {
        _text.Append(markup);
        return this;
    }

    public override string ToString() => _text.ToString();

    /// <summary>A metric as it is shown: three decimals, a dash when there was nothing to evaluate.</summary>
    public static string Metric(double value) =>
        double.IsNaN(value) || value < 0 ? "–" : value.ToString("0.000", CultureInfo.InvariantCulture);

    /// <summary>Writes an interpolated string straight into the collected text.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct Handler
    {
        private const int ValueLength = 8;
        private readonly StringBuilder _text;

        public Handler(int literalLength, int formattedCount, HtmlText html)
        {
            _text = html._text;
            _text.EnsureCapacity(_text.Length + literalLength + ValueLength * formattedCount);
        }

        public void AppendLiteral(string markup) => _text.Append(markup);

        public void AppendFormatted(string? value) => _text.Append(WebUtility.HtmlEncode(value));

        public void AppendFormatted(HtmlText markup) => _text.Append(markup._text);

        public void AppendFormatted<T>(T value, string? format = null) where T : IFormattable =>
            AppendFormatted(value.ToString(format, CultureInfo.InvariantCulture));
    }
}
