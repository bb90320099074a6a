using System.Xml.Linq;

namespace Tailer.Tidy.Tests;

/// <summary>The architecture as a list of arrows: who may use whom.</summary>
public sealed class ArrowTests
{
    private static readonly string[] Shared = ["Tailer.Blocks", "Tailer.Query", "Tailer.Wire", "Tailer.Disk", "Tailer.Hosting"];

    /// <summary>A process never uses another process; a test project uses what it tests, and the fixtures.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Tailer.Disk"] = [],
        ["Tailer.Hosting"] = [],
        ["Tailer.Blocks"] = ["Tailer.Disk"],
        ["Tailer.Query"] = ["Tailer.Blocks"],
        ["Tailer.Wire"] = ["Tailer.Blocks"],
        ["Tailer.Stores"] = ["Tailer.Blocks", "Tailer.Query", "Tailer.Disk"],
        ["Tailer.Agent"] = Shared,
        ["Tailer.Buck"] = Shared,
        ["Tailer.Porter"] = [.. Shared, "Tailer.Stores"],
        ["Tailer.Archie"] = [.. Shared, "Tailer.Stores"],
        ["Tailer.Cli"] = [.. Shared, "Tailer.Stores"],
        ["Tailer.Bench"] = [.. Shared, "Tailer.Stores", "Tailer.Testing"],
        ["Tailer.Reliability"] = [.. Shared, "Tailer.Testing"],
        ["Tailer.Testing"] = ["Tailer.Blocks", "Tailer.Disk", "Tailer.Wire"],
        ["Tailer.EndToEnd.Tests"] = ["Tailer.Testing", "Tailer.Reliability", "Tailer.Stores", "Tailer.Query", "Tailer.Wire"],
        ["Tailer.Tidy.Tests"] = [],
    };

    /// <summary>The agent and the porter carry no web server.</summary>
    private static readonly string[] WebProjects = ["Tailer.Buck", "Tailer.Archie"];

    [Fact]
    public void Projects_use_only_what_the_architecture_allows() => Verdict.None(Projects().SelectMany(Violations));

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        string solution = Tree.Files.Single(f => f.Path == "Tailer.sln").Text.Replace('\\', '/');
        Verdict.None(Projects().Where(p => !solution.Contains($"\"{p.Path}\"", StringComparison.Ordinal)).Select(p => $"{p.Path} is not in Tailer.sln"));
    }

    [Fact]
    public void Package_versions_are_central() =>
        Verdict.None(Projects().SelectMany(p => p.Where(line => line.Contains("PackageReference", StringComparison.Ordinal) && line.Contains("Version=", StringComparison.Ordinal), "the version goes to Directory.Packages.props")));

    [Theory]
    [InlineData("shared/Tailer.Blocks/Tailer.Blocks.csproj", "<ProjectReference Include=\"../Tailer.Wire/Tailer.Wire.csproj\" />")]
    [InlineData("agent/Tailer.Agent/Tailer.Agent.csproj", "<ProjectReference Include=\"../../buck/Tailer.Buck/Tailer.Buck.csproj\" />")]
    [InlineData("shared/Tailer.New/Tailer.New.csproj", "<ItemGroup />")]
    [InlineData("agent/Tailer.Agent/Tailer.Agent.csproj", "<FrameworkReference Include=\"Microsoft.AspNetCore.App\" />")]
    public void Another_arrow_is_found(string path, string item) =>
        Assert.Single(Violations(new TextFile(path, $"<Project Sdk=\"Microsoft.NET.Sdk\"><ItemGroup>{item}</ItemGroup></Project>")));

    private static IEnumerable<TextFile> Projects() => Tree.Files.Where(f => f.Path.EndsWith(".csproj", StringComparison.Ordinal));

    private static IEnumerable<string> Violations(TextFile project)
    {
        string name = Path.GetFileNameWithoutExtension(project.Path);
        XDocument xml = XDocument.Parse(project.Text);
        string[] used = [.. xml.Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/')))];
        if (!Allowed.TryGetValue(name, out string[]? allowed))
        {
            if (!name.EndsWith(".Tests", StringComparison.Ordinal))
            {
                yield return $"{project.Path}: a new project; add its arrows to the architecture and to this test";
                yield break;
            }

            allowed = [name[..^".Tests".Length], "Tailer.Testing"];
        }

        foreach (string target in used.Except(allowed))
            yield return $"{project.Path}: {name} must not use {target}";
        bool web = project.Text.Contains("Microsoft.NET.Sdk.Web", StringComparison.Ordinal) || project.Text.Contains("Microsoft.AspNetCore.App", StringComparison.Ordinal);
        if (web && !WebProjects.Contains(name) && !name.EndsWith(".Tests", StringComparison.Ordinal))
            yield return $"{project.Path}: {name} must stay free of the web framework";
    }
}
