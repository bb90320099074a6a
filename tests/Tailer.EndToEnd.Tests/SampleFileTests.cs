using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tailer.Testing;

namespace Tailer.EndToEnd.Tests;

/// <summary>Files as they really are: each line found once, each file given back byte by byte.</summary>
public sealed class SampleFileTests
{
    [Fact]
    public async Task Every_line_of_real_files_is_found_once_and_cat_gives_each_file_back_byte_by_byte()
    {
        using var logs = new TempDirectory();
        string[] files = CopySamples(logs);
        await using Cluster cluster = await Cluster.Start(new ClusterOptions { Paths = [logs["*.log"]], Host = "sample-host" });
        long bytes = files.Sum(file => new FileInfo(file).Length);
        await Wait.For(() => ArchiveContent.RawBytes(cluster.ArchivePath) >= bytes, "all files are in the archive", TimeSpan.FromMinutes(2));

        Dictionary<string, string[]> expected = files.ToDictionary(file => file, LinesOf);
        foreach ((string file, string[] lines) in expected)
        {
            ProcessResult search = await cluster.Cli("search", $"path:\"{file}\"", "--limit", "10000", "--json");
            Assert.True(search.ExitCode == 0, search.Errors);
            (string Path, long Offset, string Text)[] found = [.. search.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Parse).OfType<(string, long, string)>()];
            Assert.All(found, f => Assert.Equal(file, f.Path));
            Assert.Equal(found.Length, found.DistinctBy(f => f.Offset).Count());
            Assert.Equal(lines, found.OrderBy(f => f.Offset).Select(f => f.Text));
        }

        foreach (string file in files)
        {
            ProcessResult cat = await cluster.Cli("cat", "--host", "sample-host", "--path", file);
            Assert.True(cat.ExitCode == 0, cat.Errors);
            Assert.Equal(Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(file))), Convert.ToHexString(SHA256.HashData(cat.Output)));
        }
        ProcessResult audit = await cluster.Cli("audit");
        Assert.True(audit.ExitCode == 0, $"{audit.Errors}\n{audit.Text}");
    }

    /// <summary>The real samples where they are there, and small ones of our own that are as awkward, always.</summary>
    private static string[] CopySamples(TempDirectory to)
    {
        var files = new List<string>();
        string samples = Path.GetFullPath(Path.Combine(BuildOutput.Repository, "../shared/logs"));
        foreach (string sample in Directory.Exists(samples) ? Directory.GetFiles(samples, "*.log") : [])
            files.Add(Write(to, Path.GetFileName(sample), File.ReadAllBytes(sample)));
        var generator = new LogGenerator(7);
        byte[] lines = generator.Bytes(500);
        files.Add(Write(to, "own-lf.log", lines));
        files.Add(Write(to, "own-no-final-newline.log", Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(lines).TrimEnd('\n'))));
        files.Add(Write(to, "own-crlf.log", Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(generator.Bytes(200)).Replace("\n", "\r\n", StringComparison.Ordinal))));
        files.Add(Write(to, "own-three-bytes.log", "abc"u8.ToArray()));
        files.Add(Write(to, "own-empty-lines.log", "\n\n2026-11-22 10:00:00 INFO after empty lines\n\r\n\n"u8.ToArray()));
        return [.. files];
    }

    private static string Write(TempDirectory to, string name, byte[] content)
    {
        File.WriteAllBytes(to[name], content);
        return to[name];
    }

    /// <summary>Lines as a reader sees them: without their ends, and without an empty one after the last.</summary>
    private static string[] LinesOf(string file)
    {
        string[] lines = Encoding.UTF8.GetString(File.ReadAllBytes(file)).Split('\n');
        if (lines[^1].Length == 0)
            lines = lines[..^1];
        return [.. lines.Select(line => line.EndsWith('\r') ? line[..^1] : line)];
    }

    private static (string Path, long Offset, string Text)? Parse(string line)
    {
        using JsonDocument json = JsonDocument.Parse(line);
        JsonElement e = json.RootElement;
        if (!e.TryGetProperty("text", out JsonElement text))
            return null;
        return (e.GetProperty("path").GetString()!, e.GetProperty("offset").GetInt64(), text.GetString()!);
    }
}
