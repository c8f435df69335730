using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace MLNet.Detection.Tool.Terminal;

/// <summary>The usual help, and a verb's examples behind its options.</summary>
internal sealed class HelpWithExamples(HelpAction usual) : SynchronousCommandLineAction
{
    // As with the usual help: what else is wrong on the line does not matter.
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult given)
    {
        var code = usual.Invoke(given);
        if (given.CommandResult.Command is Verb { Examples: { Length: > 0 } examples })
            given.InvocationConfiguration.Output.WriteLine(examples);
        return code;
    }
}
