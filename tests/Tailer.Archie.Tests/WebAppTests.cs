using System.Diagnostics;
using Tailer.Testing;

namespace Tailer.Archie.Tests;

/// <summary>The page has tests of its own, in its own language; here they are run with the others.</summary>
public sealed class WebAppTests
{
    [Fact]
    public async Task The_page_passes_its_own_tests()
    {
        string folder = Path.Combine(BuildOutput.Repository, "archie", "Tailer.Archie", "web");
        Assert.True(Directory.Exists(Path.Combine(folder, "node_modules")), $"run 'npm ci' in {folder} first (tools/test does)");
        using var npm = Process.Start(new ProcessStartInfo("npm", ["test", "--silent"]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> output = npm.StandardOutput.ReadToEndAsync();
        Task<string> errors = npm.StandardError.ReadToEndAsync();
        await Wait.ForEnd(npm.WaitForExitAsync(), "the page's tests end", TimeSpan.FromMinutes(2));
        Assert.True(npm.ExitCode == 0, await output + await errors);
    }

    /// <summary>A lock file with addresses in it would tie every build to one registry.</summary>
    [Fact]
    public void The_lock_file_names_no_registry() =>
        Assert.DoesNotContain("\"resolved\"", File.ReadAllText(Path.Combine(BuildOutput.Repository, "archie", "Tailer.Archie", "web", "package-lock.json")), StringComparison.Ordinal);
}
