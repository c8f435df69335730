using System.CommandLine.Parsing;
using YamlDotNet.RepresentationModel;

namespace MLNet.Detection.Tool.Tests.Mpi;

/// <summary>The job files of the pages: they parse, and the tool has the options that they give it.</summary>
[TestClass]
public sealed class JobFilesTests
{
    [TestMethod]
    public void TheJobOfTheMpiOperatorStartsTheTool()
    {
        var yaml = new YamlStream();
        using (var text = new StreamReader(ToolFolder.Repository("docs/distributed/mpijob.yaml")))
            yaml.Load(text);
        var job = Assert.ContainsSingle(yaml.Documents).RootNode;
        Assert.AreEqual("kubeflow.org/v2beta1", $"{job["apiVersion"]}");
        Assert.AreEqual("MPIJob", $"{job["kind"]}");
        var replicas = job["spec"]["mpiReplicaSpecs"];
        var arguments = ((YamlSequenceNode)replicas["Launcher"]["template"]["spec"]["containers"][0]["args"])
            .Select(argument => $"{argument}").ToList();
        Assert.AreEqual($"{replicas["Worker"]["replicas"]}", arguments[arguments.IndexOf("-n") + 1]);
        CheckLine([.. arguments.SkipWhile(argument => argument != "train")]);
    }

    [TestMethod]
    public void TheScriptForSlurmStartsTheTool()
    {
        var script = File.ReadAllText(ToolFolder.Repository("docs/distributed/slurm.sh")).Replace("\\\n", "");
        var line = script.Split('\n').Single(line => line.StartsWith("srun ", StringComparison.Ordinal))
            .Replace("\"${resume[@]}\"", "--resume run").TrimEnd('&');
        CheckLine([.. CommandLineParser.SplitCommandLine(line).SkipWhile(word => word != "train")]);
    }

    private static void CheckLine(string[] line)
    {
        Assert.IsGreaterThan(4, line.Length);
        Assert.IsEmpty(CommandLine.Root().Parse(line).Errors.Select(error => error.Message));
    }
}
