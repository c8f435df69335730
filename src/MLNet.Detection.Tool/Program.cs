using MLNet.Detection.Tool;

// Ctrl+C ends a run between two steps, however long the checkpoint takes.
return CommandLine.Invoke(args, new() { ProcessTerminationTimeout = null });
