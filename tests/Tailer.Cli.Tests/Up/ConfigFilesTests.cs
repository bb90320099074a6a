using Tailer.Cli.Up;
using Tailer.Hosting;
using Tailer.Testing;

namespace Tailer.Cli.Tests.Up;

/// <summary>That each part accepts its file is tested on the real executables; here: the text survives awkward names.</summary>
public sealed class ConfigFilesTests : IDisposable
{
    private readonly TempDirectory temp = new();

    public void Dispose() => temp.Dispose();

    [Fact]
    public void Awkward_paths_come_back_as_they_were()
    {
        string root = temp.Sub("it's ${HOME}: a #1 \"state\"");
        string[] globs = ["/var/log/*.log", "/srv/it's/${x}/# y.log"];
        Write(root, globs, demo: true);
        (IReadOnlyList<IReadOnlyList<string>> paths, string state) = ConfigFile.Load(
            Path.Combine(root, "config", "agent.yaml"),
            s =>
            {
                foreach (string key in new[] { "environment", "credential", "bucket_time" })
                    s.Text(key);
                s.List("bucks", b => (b.Text("name"), b.Address("address")));
                return (s.List("sources", source => { source.Text("app", ""); return source.Paths("paths"); }), s.Path("state"));
            });
        Assert.Equal(globs, paths[0]);
        Assert.Equal(Path.Combine(root, "demo-logs", "nginx", "*.log"), paths[1].Single());
        Assert.Equal(6, paths.Count);
        Assert.Equal(Path.Combine(root, "agent"), state);
    }

    [Fact]
    public void Configuration_files_are_private()
    {
        Write(temp.Path, [], demo: true);
        string[] files = Directory.GetFiles(temp["config"]);
        Assert.Equal(["agent.yaml", "archie.yaml", "buck-1.yaml", "buck-2.yaml", "porter.yaml"], files.Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(files, f => Assert.Equal(SecretFile.Mode, File.GetUnixFileMode(f)));
    }

    private static void Write(string root, string[] globs, bool demo)
    {
        Directory.CreateDirectory(Path.Combine(root, "config"));
        UpProcess Buck(int i) => new() { Name = $"buck-{i}", Part = "buck", Log = "x", Listen = $"127.0.0.1:74{i}0", Http = $"http://127.0.0.1:74{i}1" };
        new ConfigFiles(new UpLayout(root), "local", [Buck(1), Buck(2)], "http://127.0.0.1:7400").Write(globs, demo);
    }
}
