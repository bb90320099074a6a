using Tailer.Blocks;
using Tailer.Cli.Export;
using Tailer.Cli.Reach;

namespace Tailer.Cli.Tests.Export;

public sealed class SourceFeedTests
{
    /// <summary>A log that was rotated often has many sources in one segment, each in one or two of its blocks.</summary>
    [Fact]
    public async Task A_block_is_unpacked_once_and_again_only_for_the_sources_it_holds()
    {
        const int Rotations = 100;
        const int LinesEach = 4;
        await using var archive = new TestArchive();
        SourceDescriptor[] sources = [.. Enumerable.Range(1, Rotations).Select(i => TestArchive.Source((uint)i))];
        archive.Seal(0, LinesEach, [], [.. sources.SelectMany(source => Enumerable.Range(0, LinesEach).Select(line => (source, (ulong)line * 2, $"{line}\n")))]);
        using var feed = new SourceFeed(Refreshed(archive), await archive.NoBucks());
        foreach (SourceDescriptor source in sources)
        {
            int lines = 0;
            await feed.ReadAsync(source.Id, (in Event _) => lines++, pass: null, CancellationToken.None);
            Assert.Equal(LinesEach, lines);
        }
        // Each once to learn what is in it, and once more for each source but the first; without the knowledge each for every source.
        Assert.Equal(Rotations + Rotations - 1, feed.BlocksUnpacked);
    }

    /// <summary>What comes before its turn waits in memory, and a segment may be a quarter of a GiB.</summary>
    [Fact]
    public async Task Segments_of_one_time_come_in_the_order_of_their_offsets_whatever_their_names()
    {
        await using var archive = new TestArchive();
        SourceDescriptor source = TestArchive.Source(1);
        for (int i = 9; i >= 0; i--)
            archive.Seal(0, (source, (ulong)i * 2, $"{i}\n"));
        using var feed = new SourceFeed(Refreshed(archive), await archive.NoBucks());
        var offsets = new List<ulong>();
        await feed.ReadAsync(source.Id, (in Event e) => offsets.Add(e.Offset), pass: null, CancellationToken.None);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => (ulong)i * 2), offsets);
    }

    private static ArchiveSegments Refreshed(TestArchive archive)
    {
        ArchiveSegments segments = archive.Segments;
        segments.Refresh();
        return segments;
    }
}
