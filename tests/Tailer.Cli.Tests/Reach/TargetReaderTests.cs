using Tailer.Cli.Reach;
using Tailer.Hosting;
using Tailer.Testing;

namespace Tailer.Cli.Tests.Reach;

public sealed class TargetReaderTests : IDisposable
{
    private readonly TempDirectory temp = new();

    public void Dispose() => temp.Dispose();

    [Fact]
    public void A_file_with_archies_keys_is_a_target()
    {
        Target target = TargetReader.Read(File("prod"), "", null);
        Assert.Equal("prod", target.Environment);
        Assert.Equal("http://127.0.0.1:7400/", target.Archie.AbsoluteUri);
        Assert.Equal(temp["archive"], target.ArchivePath);
        Assert.Equal(new TargetBuck("buck-1", new("127.0.0.1", 7401), new Uri("http://127.0.0.1:7402")), Assert.Single(target.Bucks));
        Assert.Equal(TimeSpan.FromSeconds(10), target.BucketTime);
    }

    [Fact]
    public void Of_several_environments_one_must_be_chosen()
    {
        string file = File("prod", "staging");
        Assert.Equal("staging", TargetReader.Read(file, "", "staging").Environment);
        Assert.Contains("choose one with --env: prod, staging", Assert.Throws<FatalException>(() => TargetReader.Read(file, "", null)).Message, StringComparison.Ordinal);
        Assert.Contains("has no environment 'test'; it has prod, staging", Assert.Throws<FatalException>(() => TargetReader.Read(file, "", "test")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_running_set_the_message_says_what_to_do()
    {
        FatalException e = Assert.Throws<FatalException>(() => TargetReader.Read(null, temp.Path, null));
        Assert.Equal(ExitCode.Config, e.ExitCode);
        Assert.Contains("Start tools/up", e.Message, StringComparison.Ordinal);
    }

    private string File(params string[] environments) => temp.File("archie.yaml", $"""
        http: 127.0.0.1:7400
        token_file: token
        history: {"{"} path: history, expire_after: 1h {"}"}
        environments:
        {string.Join('\n', environments.Select(name => $$"""
          - name: {{name}}
            credential: c
            bucket_time: 10s
            recent: { path: recent }
            archive: { path: archive }
            bucks: [{ name: buck-1, address: "127.0.0.1:7401", http: "http://127.0.0.1:7402" }]
        """))}
        """);
}
