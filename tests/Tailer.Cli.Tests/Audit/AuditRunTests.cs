using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Tailer.Blocks;
using Tailer.Cli.Audit;
using Tailer.Cli.Reach;
using Tailer.Cli.Tests.Export;
using Tailer.Stores;

namespace Tailer.Cli.Tests.Audit;

public sealed class AuditRunTests
{
    [Fact]
    public async Task What_was_claimed_and_is_not_held_is_named_by_its_range()
    {
        await using var archive = new TestArchive();
        SourceDescriptor source = TestArchive.Source(1);
        archive.Seal(0, [Manifest(source, to: 9)], (source, 0, "a\n"), (source, 5, "bcd\n"));
        AuditReport report = await Audit(archive);
        Assert.False(report.Complete);
        Assert.Equal(
            $"""
            gap      web1 /var/log/app.log 6 bytes, 1 source
                     gap 2..5 of source {source.Id}: no packet with them was found
            agent agent on web1: current
            not complete

            """,
            Text(report));
        Assert.Equal("""[{"source":"ID","from":2,"to":5,"why":"missing"}]""".Replace("ID", source.Id.ToString(), StringComparison.Ordinal), Gaps(report));
    }

    [Fact]
    public async Task What_was_claimed_and_is_held_is_complete()
    {
        await using var archive = new TestArchive();
        SourceDescriptor source = TestArchive.Source(1);
        archive.Seal(0, [Manifest(source, to: 2)], (source, 0, "a\n"));
        AuditReport report = await Audit(archive);
        Assert.True(report.Complete);
        Assert.Equal("complete web1 /var/log/app.log 2 bytes, 1 source\nagent agent on web1: current\ncomplete\n", Text(report));
    }

    [Fact]
    public async Task A_name_cannot_move_the_cursor_or_forge_a_line()
    {
        await using var archive = new TestArchive();
        SourceDescriptor source = TestArchive.Source(1) with { Path = "/var/log/a\ncomplete\u001b[2J.log" };
        archive.Seal(0, [Manifest(source, to: 2)], (source, 0, "a\n"));
        Assert.StartsWith("complete web1 /var/log/a\uFFFDcomplete\uFFFD[2J.log 2 bytes", Text(await Audit(archive)), StringComparison.Ordinal);
    }

    private static async Task<AuditReport> Audit(TestArchive archive)
    {
        var time = new FakeTimeProvider(LogTime.ToDateTimeOffset(TestArchive.Minute(1)));
        return await new AuditRun(await archive.NoBucks(), archive.Segments, time).RunAsync(CancellationToken.None);
    }

    private static Manifest Manifest(SourceDescriptor source, ulong to) => new()
    {
        Agent = "agent",
        Host = TestArchive.Host,
        Epoch = default,
        Number = 0,
        SealedTime = TestArchive.Minute(1),
        BucketSeconds = 60,
        CoversFrom = TestArchive.Minute(0),
        CoversTo = TestArchive.Minute(1),
        Packets = [],
        Sources = [new ManifestSource { Descriptor = source, From = 0, To = to, Events = 2 }],
    };

    private static string Text(AuditReport report)
    {
        using var output = new StringWriter();
        new AuditText(output, colours: false).Show(report);
        return output.ToString();
    }

    private static string Gaps(AuditReport report)
    {
        using var output = new MemoryStream();
        AuditJson.Write(report, output);
        using JsonDocument json = JsonDocument.Parse(Encoding.UTF8.GetString(output.ToArray()));
        return JsonSerializer.Serialize(json.RootElement.GetProperty("files")[0].GetProperty("gaps"));
    }
}
