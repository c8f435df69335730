using System.CommandLine;
using MLNet.Detection.Tool;

// Ctrl+C ends a run between two steps, however long the checkpoint takes.
return CommandLine.Root().Parse(args).Invoke(new InvocationConfiguration { ProcessTerminationTimeout = null });
