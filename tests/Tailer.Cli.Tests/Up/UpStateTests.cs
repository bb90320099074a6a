using Tailer.Cli.Up;
using Tailer.Hosting;
using Tailer.Testing;

namespace Tailer.Cli.Tests.Up;

public sealed class UpStateTests : IDisposable
{
    private readonly TempDirectory temp = new();

    public void Dispose() => temp.Dispose();

    [Fact]
    public void A_written_state_is_private_and_reads_back()
    {
        var state = new UpState
        {
            Environment = "local",
            ProcessId = 7,
            Url = "http://127.0.0.1:7400",
            TokenFile = "/t",
            Credential = "/c",
            RecentPath = "/r",
            ArchivePath = "/a",
            BucketSeconds = 10,
            Processes = [new UpProcess { Name = "buck-1", Part = "buck", ProcessId = 8, Listen = "127.0.0.1:1", Http = "http://127.0.0.1:2", Config = "/b", Log = "/l" }],
        };
        state.Write(temp["up.json"]);
        UpState read = UpState.Read(temp["up.json"])!;
        Assert.Equal(state with { Processes = [] }, read with { Processes = [] });
        Assert.Equal(state.Processes, read.Processes);
        Assert.Equal("buck-1", read.Bucks.Single().Name);
        Assert.Equal(SecretFile.Mode, File.GetUnixFileMode(temp["up.json"]));
    }

    [Fact]
    public void No_file_is_no_state() => Assert.Null(UpState.Read(temp["up.json"]));

    [Theory]
    [InlineData("{", "is not a state file of tools/up")]
    [InlineData("{\"version\":2,\"environment\":\"\",\"processId\":1,\"url\":\"\",\"tokenFile\":\"\",\"credential\":\"\",\"recentPath\":\"\",\"archivePath\":\"\",\"bucketSeconds\":1,\"processes\":[]}", "has version 2")]
    public void Another_file_is_refused_with_a_reason(string text, string reason)
    {
        SecretFile.Write(temp["up.json"], System.Text.Encoding.UTF8.GetBytes(text));
        Assert.Contains(reason, Assert.Throws<FatalException>(() => UpState.Read(temp["up.json"])).Message, StringComparison.Ordinal);
    }
}
