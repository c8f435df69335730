#:property PublishAot=false
// Writes a bill of materials, CycloneDX 1.6 as JSON, of all packages that the three packages of this repository bring
// along: what NuGet restored, with checksums, licences and who asks for whom.
//   dotnet restore Detection.MLNet.sln && dotnet run --file eng/Sbom.cs [-- artifacts/sbom.json]
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;

var target = args.FirstOrDefault() ?? "artifacts/sbom.json";
var components = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
var dependencies = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
string[] projects = ["OnnxGraphs", "MLNet.Detection", "MLNet.Detection.Tool"];
foreach (var project in projects)
    Read(project);
var bill = new JsonObject
{
    ["bomFormat"] = "CycloneDX", ["specVersion"] = "1.6", ["version"] = 1,
    ["metadata"] = new JsonObject
    {
        ["component"] = new JsonObject { ["type"] = "library", ["bom-ref"] = "Detection.MLNet", ["name"] = "Detection.MLNet" },
    },
    ["components"] = new JsonArray([.. components.Values]),
    ["dependencies"] = new JsonArray([.. dependencies.Select(pair => new JsonObject
    {
        ["ref"] = pair.Key, ["dependsOn"] = new JsonArray([.. pair.Value.Select(name => (JsonNode)name)]),
    })]),
};
Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(target))!);
File.WriteAllText(target, bill.ToJsonString(new() { WriteIndented = true }) + "\n");
Console.WriteLine($"{target}: {components.Count} packages");
return 0;

void Read(string project)
{
    var path = $"src/{project}/obj/project.assets.json";
    if (!File.Exists(path))
        throw new FileNotFoundException($"{path} is missing; run 'dotnet restore' first.");
    var assets = JsonNode.Parse(File.ReadAllText(path))!;
    var folders = assets["packageFolders"]!.AsObject().Select(folder => folder.Key).ToArray();
    var libraries = assets["libraries"]!.AsObject();
    // The target without a runtime is what a package asks for; those with one add native parts of the same packages.
    var all = assets["targets"]!.AsObject().First().Value!.AsObject();
    var names = all.ToDictionary(pair => pair.Key.Split('/')[0], pair => Reference(pair.Key, libraries[pair.Key]!), StringComparer.OrdinalIgnoreCase);
    foreach (var (key, entry) in all)
    {
        var library = libraries[key]!;
        var own = Reference(key, library);
        if ((string)library["type"]! == "package")
            components.TryAdd(own, Component(key, own, library, folders, IsUsed(entry!)));
        dependencies.TryAdd(own, []);
        foreach (var (name, _) in entry!["dependencies"]?.AsObject() ?? [])
            dependencies[own].Add(names[name]);
    }
    dependencies.TryAdd(project, []);
    foreach (var (name, _) in assets["project"]!["frameworks"]!.AsObject().First().Value!["dependencies"]?.AsObject() ?? [])
        if (names.TryGetValue(name, out var used))
            dependencies[project].Add(used);
}

static string Reference(string key, JsonNode library) => (string)library["type"]! == "package"
    ? $"pkg:nuget/{key.Replace('/', '@')}" : key.Split('/')[0];

// Tools and analyzers bring nothing that runs.
static bool IsUsed(JsonNode entry) => new[] { "runtime", "native", "runtimeTargets" }.Any(kind => entry[kind]?.AsObject()
    .Any(file => !file.Key.EndsWith("/_._", StringComparison.Ordinal)) == true) || entry["dependencies"] is not null;

static JsonObject Component(string key, string reference, JsonNode library, string[] folders, bool used)
{
    var (name, version) = (key.Split('/')[0], key.Split('/')[1]);
    var component = new JsonObject
    {
        ["type"] = "library", ["bom-ref"] = reference, ["name"] = name, ["version"] = version, ["purl"] = reference, ["scope"] = used ? "required" : "excluded",
        ["hashes"] = new JsonArray(new JsonObject
        {
            ["alg"] = "SHA-512", ["content"] = Convert.ToHexStringLower(Convert.FromBase64String((string)library["sha512"]!)),
        }),
    };
    var nuspec = folders.Select(folder => Path.Combine(folder, (string)library["path"]!, name.ToLowerInvariant() + ".nuspec"))
        .FirstOrDefault(File.Exists);
    var metadata = nuspec is null ? null : XDocument.Load(nuspec).Root!.Elements().First();
    string? Text(string element) => metadata?.Elements().FirstOrDefault(e => e.Name.LocalName == element)?.Value.Trim();
    if (metadata?.Elements().FirstOrDefault(e => e.Name.LocalName == "license" && (string?)e.Attribute("type") == "expression")?.Value is { } expression)
        component["licenses"] = new JsonArray(new JsonObject { ["expression"] = expression });
    else if (Text("licenseUrl") is { Length: > 0 } url)
        component["licenses"] = new JsonArray(new JsonObject { ["license"] = new JsonObject { ["name"] = "see address", ["url"] = url } });
    if (Text("authors") is { Length: > 0 } authors)
        component["authors"] = new JsonArray(new JsonObject { ["name"] = authors });
    return component;
}
