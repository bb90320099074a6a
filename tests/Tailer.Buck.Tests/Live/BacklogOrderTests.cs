using System.Text;
using Tailer.Blocks;
using Tailer.Queries;
using Tailer.Testing;

namespace Tailer.Buck.Tests;

/// <summary>A backlog over buckets whose packets lie on several disks.</summary>
public sealed class BacklogOrderTests
{
    private readonly Packets packets = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public async Task Packets_come_as_they_were_sealed_whichever_disks_they_are_on_and_the_last_lines_are_the_last(int disks)
    {
        await using var test = new TestStore(diskCount: disks);
        ulong start = LogTime.Floor(Packets.Now, LogTime.PerMinute) - (10 * LogTime.PerMinute);
        // Ten packets a second, so that several have the same time and only their numbers tell; 150 in three buckets.
        for (int i = 0; i < 150; i++)
            Assert.Equal(StoreOutcome.Stored, test.Append(packets.Make([$"{i} a", $"{i} b"], start + ((ulong)(i / 50) * LogTime.PerMinute) + ((ulong)(i % 50 / 10) * LogTime.PerSecond))));
        if (disks > 1)
            Assert.All(test.Store.Files().GroupBy(file => file.Key), bucket => Assert.True(bucket.Count() > 1));

        foreach (int lines in new[] { 1, 2, 7, 99, 100, 101, 299, 300 })
        {
            string[] expected = [.. Enumerable.Range(0, 150).SelectMany(i => new[] { $"{i} a", $"{i} b" }).TakeLast(lines)];
            Assert.Equal(expected, await ReadAsync(test, lines));
            test.Restart();
            Assert.Equal(expected, await ReadAsync(test, lines));
        }
    }

    private static async Task<string[]> ReadAsync(TestStore test, int lines)
    {
        var text = new StringBuilder();
        using var backlog = new Backlog(test.Store, test.Catalog);
        await foreach (LiveItem item in backlog.ReadAsync(test.Store.Mark(), new LiveRequest(Query.Everything, LiveFormat.Text, lines, 0), CancellationToken.None))
            text.Append(string.Concat(item.Unit!.Parts.Select(part => Encoding.UTF8.GetString(part.Span))));
        return text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
