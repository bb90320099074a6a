using System.Net;
using System.Text.Json;
using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Testing;

namespace Tailer.Archie.Tests;

/// <summary>Histories from their estimate to their end.</summary>
public sealed class HistoryTests
{
    private const ulong Span = 10 * LogTime.PerSecond;
    private static readonly ulong Now = LogTime.Now(TimeProvider.System);
    private static readonly ulong OldSpan = LogTime.Floor(Now, Span) - (60 * Span);

    [Fact]
    public async Task A_range_is_estimated_then_loaded_from_archive_and_bucks_then_searched_and_at_last_gone()
    {
        var log = new TestLog();
        Packet archived = log.Packet(Lines("archived", 20), OldSpan);
        ulong unsealedAt = OldSpan + (2 * Span);
        Packet unsealed = log.Packet(Lines("unsealed", 10), unsealedAt);
        Packet outside = log.Packet(Lines("outside", 10), unsealedAt + (20 * Span));
        await using ArchieHost archie = await ArchieHost.StartAsync(bucks: 3, options => options with { History = options.History with { ExpireAfter = TimeSpan.FromHours(12) } });
        await TestLog.AddToArchiveAsync(archie.Archive, [archived], OldSpan, Span);
        // Bucks keep what is archived for a while; it must not be found twice.
        await archie.AppendAsync(0, archived, unsealed, outside);
        await archie.AppendAsync(1, archived, unsealed, outside);

        JsonElement job = await EstimateAsync(archie, OldSpan, unsealedAt + Span);
        Assert.Equal("estimated", job.GetProperty("state").GetString());
        JsonElement estimate = job.GetProperty("estimate");
        Assert.Equal(1, estimate.GetProperty("segments").GetInt32());
        Assert.Equal(1, estimate.GetProperty("unsealedPackets").GetInt32());
        Assert.Equal(30, estimate.GetProperty("events").GetInt64());
        Assert.True(estimate.GetProperty("complete").GetBoolean());

        string path = await LoadAsync(archie, job);
        (IReadOnlyList<string> texts, JsonElement summary) = await archie.SearchAsync($"{path}/search?q=&order=oldest");
        Assert.Equal([.. Lines("archived", 20), .. Lines("unsealed", 10)], texts);
        Assert.True(summary.GetProperty("complete").GetBoolean());
        Assert.Equal(30, (await archie.GetAsync($"{path}/histogram?q=")).GetProperty("total").GetInt64());
        JsonElement context = await archie.GetAsync($"/api/v1/context?history={Id(job)}&source={log.Id}&offset=0&time={LogTime.Format(OldSpan)}&after=2");
        Assert.Equal(["archived 0", "archived 1", "archived 2"], context.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("text").GetString()));

        string folder = Path.Combine(archie.History, Id(job));
        Assert.NotEmpty(Directory.GetFiles(folder));
        archie.Clock.Advance(TimeSpan.FromHours(13));
        await Wait.For(async () => (await archie.GetAsync(path)).GetProperty("state").GetString() == "expired", "its time is over");
        await Wait.For(() => !Directory.Exists(folder), "its files are gone");
        await archie.GetAsync($"{path}/search?q=", HttpStatusCode.Conflict);
        await archie.PostAsync($"{path}/load", "", HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task A_query_loads_only_segments_in_which_something_matches_and_holds_for_every_search()
    {
        var log = new TestLog();
        await using ArchieHost archie = await ArchieHost.StartAsync();
        await TestLog.AddToArchiveAsync(archie.Archive, [log.Packet(Lines("alpha", 5).Append("beta 9"), OldSpan)], OldSpan, Span);
        await TestLog.AddToArchiveAsync(archie.Archive, [log.Packet(Lines("gamma", 5), OldSpan + Span)], OldSpan + Span, Span);
        JsonElement job = await EstimateAsync(archie, OldSpan, OldSpan + (2 * Span), "alpha OR beta");
        string path = await LoadAsync(archie, job);
        Assert.Single(Directory.GetFiles(Path.Combine(archie.History, Id(job))));
        Assert.Equal(6, (await archie.SearchAsync($"{path}/search?q=")).Texts.Count);
        Assert.Equal(["beta 9"], (await archie.SearchAsync($"{path}/search?q=9")).Texts);
    }

    [Fact]
    public async Task A_load_that_was_cut_short_goes_on_after_a_restart_and_leftovers_are_swept()
    {
        var log = new TestLog();
        await using ArchieHost archie = await ArchieHost.StartAsync();
        await TestLog.AddToArchiveAsync(archie.Archive, [log.Packet(Lines("line", 5), OldSpan)], OldSpan, Span);
        JsonElement job = await EstimateAsync(archie, OldSpan, OldSpan + Span);
        string folder = Path.Combine(archie.History, Id(job));
        string orphan = Path.Combine(archie.History, "0123456789abcdef");
        string own = Path.Combine(archie.History, "notes");
        await archie.RestartAsync(() =>
        {
            HistoryJobs jobs = HistoryJobs.Open(SystemDisk.Instance, archie.History, out bool damaged);
            Assert.False(damaged);
            jobs.Change(Id(job), j => j with { State = HistoryState.Loading });
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "half.seg.tmp"), "half");
            Directory.CreateDirectory(orphan);
            File.WriteAllText(Path.Combine(orphan, "a.seg"), "old");
            Directory.CreateDirectory(own);
        });
        string path = $"/api/v1/history/{Id(job)}";
        await Wait.For(async () => (await archie.GetAsync(path)).GetProperty("state").GetString() == "ready", "the load went on");
        Assert.Equal(5, (await archie.SearchAsync($"{path}/search?q=line")).Texts.Count);
        Assert.False(Directory.Exists(orphan));
        Assert.False(File.Exists(Path.Combine(folder, "half.seg.tmp")));
        Assert.True(Directory.Exists(own));
    }

    [Fact]
    public async Task A_job_list_that_cannot_be_read_is_set_aside_and_archie_starts()
    {
        await using ArchieHost archie = await ArchieHost.StartAsync();
        string path = Path.Combine(archie.History, HistoryJobs.FileName);
        await archie.RestartAsync(() => File.WriteAllText(path, "{{{"));
        Assert.Equal(0, (await archie.GetAsync("/api/v1/history")).GetProperty("jobs").GetArrayLength());
        Assert.True(File.Exists(path + ".damaged"));
    }

    [Fact]
    public async Task A_load_that_would_not_fit_is_refused_and_a_deleted_one_makes_room()
    {
        var log = new TestLog();
        await using ArchieHost archie = await ArchieHost.StartAsync(change: options => options with { History = options.History with { BytesMax = 1 } });
        await TestLog.AddToArchiveAsync(archie.Archive, [log.Packet(Lines("line", 5), OldSpan)], OldSpan, Span);
        JsonElement job = await EstimateAsync(archie, OldSpan, OldSpan + Span);
        JsonElement problem = await archie.PostAsync($"/api/v1/history/{Id(job)}/load", "", HttpStatusCode.Conflict);
        Assert.Equal("too-large", problem.GetProperty("code").GetString());
        await archie.DeleteAsync($"/api/v1/history/{Id(job)}");
        await archie.GetAsync($"/api/v1/history/{Id(job)}", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_deleted_history_leaves_no_files()
    {
        var log = new TestLog();
        await using ArchieHost archie = await ArchieHost.StartAsync();
        await TestLog.AddToArchiveAsync(archie.Archive, [log.Packet(Lines("line", 5), OldSpan)], OldSpan, Span);
        JsonElement job = await EstimateAsync(archie, OldSpan, OldSpan + Span);
        string path = await LoadAsync(archie, job);
        await archie.DeleteAsync(path);
        Assert.False(Directory.Exists(Path.Combine(archie.History, Id(job))));
    }

    [Theory]
    [InlineData("""{"start":"-1h"}""", "end")]
    [InlineData("""{"start":"-1h","end":"-2h"}""", "end")]
    [InlineData("""{"start":"noon","end":"now"}""", "start")]
    [InlineData("""{"start":"-1h","end":"now","query":"(a"}""", "column")]
    [InlineData("""not json""", "JSON")]
    public async Task A_wrong_request_is_refused_and_says_what_is_wrong(string body, string named)
    {
        await using ArchieHost archie = await ArchieHost.StartAsync();
        JsonElement problem = await archie.PostAsync("/api/v1/history", body, HttpStatusCode.BadRequest);
        Assert.Contains(named, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private static Task<JsonElement> EstimateAsync(ArchieHost archie, ulong from, ulong to, string query = "") => archie.PostAsync(
        "/api/v1/history", $$"""{"start":"{{LogTime.Format(from)}}","end":"{{LogTime.Format(to)}}","query":"{{query}}"}""", HttpStatusCode.Created);

    private static async Task<string> LoadAsync(ArchieHost archie, JsonElement job)
    {
        string path = $"/api/v1/history/{Id(job)}";
        await archie.PostAsync($"{path}/load", "", HttpStatusCode.Accepted);
        JsonElement now = default;
        await Wait.For(async () => (now = await archie.GetAsync(path)).GetProperty("state").GetString() != "loading", "the load ends");
        Assert.Equal("ready", now.GetProperty("state").GetString());
        return path;
    }

    private static string Id(JsonElement job) => job.GetProperty("id").GetString()!;

    private static string[] Lines(string word, int count) => [.. Enumerable.Range(0, count).Select(i => $"{word} {i}")];
}
