using System.Text;
using Microsoft.Extensions.Time.Testing;
using Tailer.Disk;
using Tailer.Queries;
using Tailer.Testing;

namespace Tailer.Stores.Tests;

public sealed class DirectoryArchiveTests : IDisposable
{
    private static readonly SystemDisk Disk = SystemDisk.Instance;

    private readonly TempDirectory directory = new();
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly DirectoryArchive archive;

    public DirectoryArchiveTests() => archive = new DirectoryArchive(Disk, directory["archive"], clock);

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task An_object_is_put_once_and_never_changed()
    {
        const string name = "prod/20260101/09/a.seg";
        using IDiskFile first = Content("first"), second = Content("second");
        Assert.True(await archive.PutAsync(name, first));
        Assert.False(await archive.PutAsync(name, second));
        Assert.Null(await archive.CompareAsync(name, first));
        Assert.Contains("bytes instead of", await archive.CompareAsync(name, second), StringComparison.Ordinal);
        using IDiskFile changed = Content("fiRst");
        Assert.Contains("from byte 2 on", await archive.CompareAsync(name, changed), StringComparison.Ordinal);
        Assert.Contains("no object", await archive.CompareAsync("prod/none.seg", first), StringComparison.Ordinal);
        Assert.Equal([new ArchiveObject(name, 5)], await archive.ListAsync(""));
    }

    [Fact]
    public async Task Of_many_puts_at_once_one_wins_and_nothing_else_is_left()
    {
        const string name = "prod/20260101/09/a.seg";
        bool[] created = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(async () =>
        {
            using IDiskFile content = Content(new string((char)('a' + i), 3_000_000), $"{i}");
            return await archive.PutAsync(name, content);
        })));
        Assert.Single(created, won => won);
        string only = Assert.Single(Directory.EnumerateFiles(directory["archive"], "*", SearchOption.AllDirectories));
        Assert.Single(File.ReadAllText(only).Distinct());
        Assert.Equal(3_000_000, new FileInfo(only).Length);
    }

    [Fact]
    public async Task Listing_pages_through_all_names_of_a_prefix_in_order()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        string[] parts = ["a", "a-b", "b", "20260101", "09", "z"];
        var model = new SortedSet<string>(StringComparer.Ordinal);
        using IDiskFile content = Content("x");
        for (int i = 0; i < 120; i++)
        {
            string name = $"{parts[random.Next(parts.Length)]}/{parts[random.Next(parts.Length)]}/{parts[random.Next(parts.Length)]}{(random.Next(3) == 0 ? "-x" : "")}.seg";
            if (random.Next(4) == 0)
                name = name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..];
            await archive.PutAsync(name, content);
            model.Add(name);
        }
        foreach (string prefix in (string[])["", "a", "a/", "a-", "a/b/", "2026", "none"])
        {
            var found = new List<string>();
            int max = random.Next(1, 20);
            while (true)
            {
                IReadOnlyList<ArchiveObject> page = await archive.ListAsync(prefix, found.LastOrDefault(), max);
                found.AddRange(page.Select(o => o.Name));
                if (page.Count < max)
                    break;
            }
            Assert.True(model.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).SequenceEqual(found), $"seed {seed} prefix {prefix}");
        }
    }

    [Fact]
    public async Task What_a_killed_put_left_is_not_listed_and_swept_when_old()
    {
        using IDiskFile content = Content("x");
        await archive.PutAsync("prod/20260101/09/a.seg", content);
        string folder = Path.Combine(directory["archive"], "prod/20260101/09");
        long began = clock.GetUtcNow().ToUnixTimeSeconds();
        File.WriteAllText(Path.Combine(folder, $"b.seg.{began}-{Guid.NewGuid():N}.tmp"), "half");
        Assert.Single(await archive.ListAsync("prod/"));
        Assert.Equal(0, await archive.SweepAsync(TimeSpan.FromHours(1)));
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, await archive.SweepAsync(TimeSpan.FromHours(1)));
        Assert.Single(Directory.EnumerateFiles(folder));
    }

    [Fact]
    public async Task A_put_that_is_cancelled_leaves_nothing()
    {
        using IDiskFile content = Content("x");
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => archive.PutAsync("prod/20260101/09/a.seg", content, cancelled.Token));
        Assert.Empty(Directory.EnumerateFiles(directory["archive"], "*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("../x.seg")]
    [InlineData("/x.seg")]
    [InlineData("a//x.seg")]
    [InlineData("a/../x.seg")]
    [InlineData(".x.seg")]
    [InlineData("a/x y.seg")]
    [InlineData("a/x")]
    [InlineData("")]
    public async Task Names_that_lead_elsewhere_are_refused(string name)
    {
        using IDiskFile content = Content("x");
        await Assert.ThrowsAsync<ArgumentException>(() => archive.PutAsync(name, content));
    }

    [Fact]
    public async Task Deleted_objects_are_gone_and_deleting_again_says_so()
    {
        using IDiskFile content = Content("x");
        await archive.PutAsync("prod/a.seg", content);
        Assert.True(await archive.DeleteAsync("prod/a.seg"));
        Assert.False(await archive.DeleteAsync("prod/a.seg"));
        Assert.Null(await archive.OpenAsync("prod/a.seg"));
        Assert.Empty(await archive.ListAsync("prod/"));
    }

    [Fact]
    public async Task Archived_segments_are_searched_by_ranges()
    {
        var world = new World(1);
        List<FoundEvent> events = world.Next(500);
        world.Write(directory["s.seg"], events);
        using IDiskFile file = Disk.OpenRead(directory["s.seg"])!;
        await archive.PutAsync("prod/20260101/09/s.seg", file);
        var request = new SearchRequest { Query = Query.Parse("timeout").Query!, Limit = 1000 };
        var search = new SegmentSearch([archive.Segment("prod/20260101/09/s.seg")], request);
        Answers.AssertSame(World.Expected(events, request), await Answers.All(search.RunAsync()), "archive");
    }

    private IDiskFile Content(string text, string name = "content")
    {
        string path = directory[$"{name}-{Guid.NewGuid():N}"];
        File.WriteAllBytes(path, Encoding.UTF8.GetBytes(text));
        return Disk.OpenRead(path)!;
    }
}
