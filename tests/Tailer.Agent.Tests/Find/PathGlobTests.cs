namespace Tailer.Agent.Tests;

public sealed class PathGlobTests
{
    [Theory]
    [InlineData("/var/log/*.log", "/var/log/a.log", true)]
    [InlineData("/var/log/*.log", "/var/log/.hidden.log", false)]
    [InlineData("/var/log/.*.log", "/var/log/.hidden.log", true)]
    [InlineData("/var/log/*.log", "/var/log/x/a.log", false)]
    [InlineData("/var/log/**/*.log", "/var/log/a.log", true)]
    [InlineData("/var/log/**/*.log", "/var/log/x/y/a.log", true)]
    [InlineData("/var/log/**/*.log", "/var/log/x/.git/a.log", false)]
    [InlineData("/var/log/**", "/var/log/x/a", true)]
    [InlineData("/var/log/**/**/a", "/var/log/a", true)]
    [InlineData("/var/**/app/*.log", "/var/log/x/app/a.log", true)]
    [InlineData("/var/**/app/*.log", "/var/log/x/apple/a.log", false)]
    [InlineData("/srv/?pp-[0-9].log", "/srv/app-7.log", true)]
    [InlineData("/srv/?pp-[!0-9].log", "/srv/app-7.log", false)]
    [InlineData("/srv/[]]", "/srv/]", true)]
    [InlineData("/srv/a[b", "/srv/a[b", true)]
    [InlineData("*.gz", "/var/log/a.gz", true)]
    [InlineData("*.gz", "/var/log/a.gzip", false)]
    [InlineData("/a*b*c*d*e*f*g/x", "/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/x", false)]
    public void A_path_matches_as_in_shells(string pattern, string path, bool matches) =>
        Assert.Equal(matches, PathGlob.Parse(pattern).Any(glob => glob.Matches(path)));

    [Fact]
    public void Braces_stand_for_alternatives() =>
        Assert.Equal(["/l/a.log", "/l/a.txt", "/m/a.log", "/m/a.txt"], PathGlob.Parse("/{l,m}/a.{log,txt}").Select(g => g.Text));

    [Theory]
    [InlineData("log/*.log")]
    [InlineData("/")]
    [InlineData("/var/../etc/x")]
    [InlineData("/{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}/x")]
    public void A_pattern_that_cannot_be_meant_is_refused(string pattern) => Assert.Throws<FormatException>(() => PathGlob.Parse(pattern));

    [Fact]
    public void Walking_finds_what_matches_and_goes_through_links_by_name_only()
    {
        string root = Directory.CreateTempSubdirectory("tailer-glob-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(root, "a/b"));
            File.WriteAllText(Path.Combine(root, "a/b/x.log"), "");
            File.WriteAllText(Path.Combine(root, "a/y.log"), "");
            File.WriteAllText(Path.Combine(root, "a/y.txt"), "");
            Directory.CreateSymbolicLink(Path.Combine(root, "a/circle"), root);
            Assert.Equal(["a/b/x.log", "a/y.log"], Walk(root, "**/*.log"));
            Assert.Equal(["a/circle/a/y.log"], Walk(root, "a/circle/a/*.log"));
            Assert.Equal(["a/b/x.log"], Walk(root, "*/*/x*.log"));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static string[] Walk(string root, string pattern)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        new GlobWalker(new DirectoryLists(Tailer.Disk.SystemFileTree.Instance)).Walk(PathGlob.Parse(Path.Combine(root, pattern)).Single(), path => found.Add(Path.GetRelativePath(root, path)));
        return [.. found];
    }
}
