using System.Text;
using Tailer.Blocks;
using Tailer.Cli.Export;
using Tailer.Cli.Reach;
using Tailer.Hosting;

namespace Tailer.Cli.Tests.Export;

public sealed class FileExportTests
{
    [Fact]
    public async Task Rotations_come_one_after_the_other_and_every_byte_as_it_was()
    {
        await using var archive = new TestArchive();
        SourceDescriptor first = TestArchive.Source(9);
        SourceDescriptor second = TestArchive.Source(1, first);
        archive.Seal(0, (first, 0, "one\r\n"), (first, 5, "t\u0000wo\n"));
        archive.Seal(1, (second, 0, "four\n"), (first, 10, "three"));
        Assert.Equal((0, "one\r\nt\u0000wo\nthreefour\n", ""), await Cat(archive));
    }

    [Fact]
    public async Task What_two_segments_have_comes_once()
    {
        await using var archive = new TestArchive();
        SourceDescriptor source = TestArchive.Source(1);
        archive.Seal(0, (source, 0, "a\n"), (source, 2, "b\n"));
        archive.Seal(1, (source, 2, "b\n"), (source, 4, "c\n"));
        Assert.Equal((0, "a\nb\nc\n", ""), await Cat(archive));
    }

    [Fact]
    public async Task Missing_bytes_are_named_and_the_exit_code_says_so()
    {
        await using var archive = new TestArchive();
        SourceDescriptor source = TestArchive.Source(1, finalLength: 20);
        archive.Seal(0, (source, 0, "a\n"), (source, 6, "b\n"));
        (int code, string output, string error) = await Cat(archive);
        Assert.Equal((3, "a\nb\n"), (code, output));
        Assert.Equal(
            $"tailer: web1 /var/log/app.log source {source.Id} bytes 2..6 missing: no packet with them was found\n" +
            $"tailer: web1 /var/log/app.log source {source.Id} bytes 8..20 missing: no packet with them was found\n",
            error);
    }

    [Fact]
    public async Task A_range_the_agent_skipped_is_named_with_its_reason()
    {
        await using var archive = new TestArchive();
        SourceDescriptor source = TestArchive.Source(1);
        var manifest = new Manifest
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
            Sources = [new ManifestSource { Descriptor = source, From = 0, To = 2, Events = 1, Skips = [new Skip(2, 9, SkipReason.DeletedUnread)] }],
        };
        archive.Seal(0, [manifest], (source, 0, "a\n"));
        (int code, _, string error) = await Cat(archive);
        Assert.Equal(3, code);
        Assert.Equal($"tailer: web1 /var/log/app.log source {source.Id} bytes 2..9 missing: deleted before they could be read\n", error);
    }

    [Fact]
    public async Task A_range_that_a_rule_dropped_is_named_and_nothing_is_lost()
    {
        await using var archive = new TestArchive();
        SourceDescriptor source = TestArchive.Source(1);
        var manifest = new Manifest
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
            Sources = [new ManifestSource { Descriptor = source, From = 0, To = 11, Events = 2, Skips = [new Skip(2, 9, SkipReason.DroppedByRule)] }],
        };
        archive.Seal(0, [manifest], (source, 0, "a\n"), (source, 9, "b\n"));
        (int code, string output, string error) = await Cat(archive);
        Assert.Equal((0, "a\nb\n"), (code, output));
        Assert.Equal($"tailer: web1 /var/log/app.log source {source.Id} bytes 2..9 dropped by a rule\n", error);
    }

    [Fact]
    public async Task Times_choose_lines_and_what_lies_outside_is_not_missing()
    {
        await using var archive = new TestArchive();
        SourceDescriptor source = TestArchive.Source(1);
        for (int minute = 0; minute < 4; minute++)
            archive.Seal(minute, (source, (ulong)minute * 2, $"{minute}\n"));
        Assert.Equal((0, "1\n2\n", ""), await Cat(archive, new TimeRange(TestArchive.Minute(1), TestArchive.Minute(3))));
    }

    [Theory]
    [InlineData("web1", "/var/log/ap.log", "nothing is known of path '/var/log/ap.log' of host 'web1'; did you mean '/var/log/app.log'?")]
    [InlineData("web1", "/srv/else/app.log", "nothing is known of path '/srv/else/app.log' of host 'web1'; did you mean '/var/log/app.log'?")]
    [InlineData("web1", "/x", "nothing is known of path '/x' of host 'web1'; tailer audit lists all")]
    [InlineData("web2", "/x", "nothing is known of host 'web2'; known hosts: web1")]
    public async Task An_unknown_file_is_answered_with_what_is_known(string host, string path, string message)
    {
        await using var archive = new TestArchive();
        archive.Seal(0, (TestArchive.Source(1), 0, "a\n"));
        var export = new FileExport(Refreshed(archive), await archive.NoBucks(), Stream.Null, TextWriter.Null);
        FatalException e = await Assert.ThrowsAsync<FatalException>(() => export.RunAsync(host, path, null, CancellationToken.None));
        Assert.Equal((ExitCode.Incomplete, message), (e.ExitCode, e.Message));
    }

    private static async Task<(int Code, string Output, string Error)> Cat(TestArchive archive, TimeRange? times = null)
    {
        using var output = new MemoryStream();
        using var error = new StringWriter();
        int code = await new FileExport(Refreshed(archive), await archive.NoBucks(), output, error).RunAsync(TestArchive.Host, TestArchive.Path, times, CancellationToken.None);
        return (code, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }

    private static ArchiveSegments Refreshed(TestArchive archive)
    {
        ArchiveSegments segments = archive.Segments;
        segments.Refresh();
        Assert.Empty(segments.Troubles);
        return segments;
    }
}
