using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace MLNet.Detection.Data.Formats;

/// <summary>
/// Parses YAML that is nested no deeper than lists of a data set ever are. YamlDotNet 16.3.0 builds nodes by recursion without a
/// limit: deeper ones end the process, which no handler can catch.
/// </summary>
internal sealed class ShallowYaml(TextReader text) : IParser
{
    private const int Deepest = 32;

    private readonly Parser _parser = new(text);
    private int _depth;

    public ParsingEvent? Current => _parser.Current;

    /// <exception cref="YamlException">The text is not well formed, or nested deeper.</exception>
    public bool MoveNext()
    {
        if (!_parser.MoveNext())
            return false;
        _depth += Current!.NestingIncrease;
        return _depth <= Deepest ? true
            : throw new YamlException(Current.Start, Current.End, $"lists and mappings are nested deeper than {Deepest}");
    }
}
