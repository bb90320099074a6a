using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Tailer.Disk;
using Tailer.Testing;

namespace Tailer.Porter.Tests;

public sealed class StatusFileTests : IDisposable
{
    private readonly TempDirectory folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task It_says_how_far_the_porter_is_and_keeps_that_over_a_restart()
    {
        var buck = new DirectoryBuck("buck-1", folder["buck-1"]);
        var agent = new TestAgent("web-1");
        buck.Append(agent.Seal(5, "one\n"));
        buck.Append(agent.State(60));
        FakeTimeProvider clock = new(TestTimes.Start);
        using var porter = new TestPorter(folder.Path, [buck], clock);
        await porter.RunForAsync(clock, 140);
        new StatusFile(SystemDisk.Instance, folder.Path).Write(porter.Watermark, porter.Progress, porter.Fleet.Latest);
        Assert.Equal(("2026-03-01T12:02:10.0000000Z", "2026-03-01T12:01:00.0000000Z"), Read());

        new StatusFile(SystemDisk.Instance, folder.Path).Write(null, new PorterProgress(), FleetListing.Empty);
        Assert.Equal((null, "2026-03-01T12:01:00.0000000Z"), Read());
    }

    private (string? Watermark, string? ArchivedUntil) Read()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(folder[StatusFile.FileName]));
        return (document.RootElement.GetProperty("watermark").GetString(), document.RootElement.GetProperty("archivedUntil").GetString());
    }
}
