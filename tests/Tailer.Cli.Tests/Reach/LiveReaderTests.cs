using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using Tailer.Cli.Reach;
using Tailer.Cli.Show;
using Tailer.Hosting;
using Tailer.Testing;

namespace Tailer.Cli.Tests.Reach;

public sealed class LiveReaderTests : IDisposable
{
    private readonly FakeTimeProvider time = new();
    private readonly ConcurrentQueue<string> notes = new();
    private readonly CancellationTokenSource stop = new();
    private readonly Channel<EventLine> lines = Channel.CreateBounded<EventLine>(1);
    private int tickets;

    public void Dispose() => stop.Dispose();

    [Fact]
    public async Task Lines_come_in_their_order_although_only_one_fits_and_drops_are_told()
    {
        await using LoopbackHttp buck = LoopbackHttp.Start(async (connection, _, cancel) =>
        {
            await LoopbackHttp.SendAsync(connection, LoopbackHttp.Begin(Line(1), "", Line(2), """{"type":"dropped","lines":12,"packets":[]}""", Line(3)));
            await Task.Delay(Timeout.Infinite, cancel); // pause: a buck never ends its answer
        });
        Task reading = Reader(buck.Url).RunAsync("level:error a&b", 7, stop.Token);
        Assert.Equal([1L, 2L, 3L], await TakeAsync(3));
        Assert.Equal("b dropped 12 lines, because this reader was too slow; another buck may have brought them", Assert.Single(notes));
        HttpAsked asked = Assert.Single(buck.Asked);
        Assert.Equal("/tail?q=level%3Aerror%20a%26b&backlog=7", asked.Target);
        Assert.Equal(("Bearer ticket-1", "application/x-ndjson"), (asked.Headers["Authorization"], asked.Headers["Accept"]));
        await StopAsync(reading);
    }

    [Fact]
    public async Task It_comes_back_with_a_new_ticket_when_the_answer_ends_or_is_cut()
    {
        await using LoopbackHttp buck = LoopbackHttp.Start(
            LoopbackHttp.Begin(Line(1)) + LoopbackHttp.End,
            LoopbackHttp.Begin(Line(2)) + "ff\r\n{\"type\":",
            LoopbackHttp.Answer(401, ""),
            LoopbackHttp.Begin(Line(3)) + LoopbackHttp.End);
        Task reading = Reader(buck.Url).RunAsync("", 0, stop.Token);
        Task<IReadOnlyList<long>> taking = TakeAsync(3);
        await PassUntil(() => taking.IsCompleted, "three answers were read");
        Assert.Equal([1L, 2L, 3L], await taking);
        Assert.Equal(["Bearer ticket-1", "Bearer ticket-2", "Bearer ticket-3", "Bearer ticket-4"], buck.Asked.Take(4).Select(asked => asked.Headers["Authorization"]));
        Assert.Single(notes);
        await StopAsync(reading);
    }

    [Fact]
    public async Task A_buck_that_is_down_is_named_once_while_it_is_tried_again_and_once_more_the_next_time()
    {
        await using LoopbackHttp buck = LoopbackHttp.Start(
            LoopbackHttp.Answer(503, ""), LoopbackHttp.Answer(503, ""), LoopbackHttp.Answer(503, ""), LoopbackHttp.Begin(Line(1)) + LoopbackHttp.End, LoopbackHttp.Answer(429, ""));
        Task reading = Reader(buck.Url).RunAsync("", 0, stop.Token);
        Task<IReadOnlyList<long>> taking = TakeAsync(1);
        await PassUntil(() => buck.Asked.Count >= 7, "it was tried again and again");
        Assert.Equal([1L], await taking);
        Assert.Equal([$"b at {buck.Url} cannot be followed: it answers 503", $"b at {buck.Url} cannot be followed: it answers 429"], notes);
        await StopAsync(reading);
    }

    [Fact]
    public async Task Where_nobody_listens_it_goes_on_trying()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var url = new Uri($"http://{free.LocalEndpoint}/");
        free.Stop();
        Task reading = Reader(url).RunAsync("", 0, stop.Token);
        await PassUntil(() => Volatile.Read(ref tickets) >= 3, "it was tried three times");
        Assert.StartsWith($"b at {url} cannot be followed: ", Assert.Single(notes), StringComparison.Ordinal);
        await StopAsync(reading);
    }

    [Theory]
    [InlineData("""{"code":"bad-query","caret":"a OR\n    ^ a word is missing"}""", "the query cannot be read:\na OR\n    ^ a word is missing")]
    [InlineData("no such thing", "the query cannot be read:\nno such thing")]
    public async Task A_query_that_cannot_be_read_ends_it_with_the_place(string body, string message)
    {
        await using LoopbackHttp buck = LoopbackHttp.Start(LoopbackHttp.Answer(400, body));
        Task reading = Reader(buck.Url).RunAsync("a OR", 0, stop.Token);
        FatalException e = await Assert.ThrowsAsync<FatalException>(() => Wait.ForEnd(reading, "the reader gives up"));
        Assert.Equal((ExitCode.Usage, message), (e.ExitCode, e.Message));
        Assert.Empty(notes);
    }

    private static string Line(int offset) =>
        $$"""{"type":"event","source":"00","offset":{{offset}},"length":2,"time":"2026-03-01T12:00:00.00000000Z","host":"h","text":"x"}""";

    private LiveReader Reader(Uri url) =>
        new(new TargetBuck("b", new NetworkAddress("127.0.0.1", 1), url), _ => Task.FromResult($"ticket-{Interlocked.Increment(ref tickets)}"), lines.Writer, notes.Enqueue, time);

    private async Task<IReadOnlyList<long>> TakeAsync(int count)
    {
        var offsets = new List<long>();
        while (offsets.Count < count)
            offsets.Add((await Wait.ForEnd(lines.Reader.ReadAsync().AsTask(), "a line comes")).Offset);
        return offsets;
    }

    /// <summary>Lets the reader's pauses pass.</summary>
    private Task PassUntil(Func<bool> condition, string because) => Wait.For(
        () =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return condition();
        },
        because);

    private async Task StopAsync(Task reading)
    {
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.ForEnd(reading, "the reader stops"));
    }
}
