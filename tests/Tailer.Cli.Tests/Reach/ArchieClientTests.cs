using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Tailer.Cli.Reach;
using Tailer.Hosting;
using Tailer.Testing;

namespace Tailer.Cli.Tests.Reach;

public sealed class ArchieClientTests : IDisposable
{
    private readonly TempDirectory temp = new();

    public void Dispose() => temp.Dispose();

    [Fact]
    public async Task A_question_carries_the_token_the_environment_and_what_was_given()
    {
        await using LoopbackHttp archie = LoopbackHttp.Start(LoopbackHttp.Answer(200, """{"a":1}"""));
        using ArchieClient client = Client(archie.Url);
        JsonElement answer = await client.GetAsync("/api/v1/search", [("q", "a&b =\"ü\""), ("from", null), ("limit", "5")], CancellationToken.None);
        Assert.Equal(1, answer.GetProperty("a").GetInt32());
        HttpAsked asked = Assert.Single(archie.Asked);
        Assert.Equal("/api/v1/search?env=prod&q=a%26b%20%3D%22%C3%BC%22&limit=5", asked.Target);
        Assert.Equal("Bearer secret", asked.Headers["Authorization"]);
    }

    [Fact]
    public async Task Lines_of_an_answer_come_while_it_still_grows()
    {
        var seen = new TaskCompletionSource();
        await using LoopbackHttp archie = LoopbackHttp.Start(async (connection, _, stop) =>
        {
            await LoopbackHttp.SendAsync(connection, LoopbackHttp.Begin("""{"n":1}""", ""));
            await seen.Task.WaitAsync(stop);
            await LoopbackHttp.SendAsync(connection, LoopbackHttp.Chunk("""{"n":2}""") + LoopbackHttp.End);
        });
        using ArchieClient client = Client(archie.Url);
        var numbers = new List<int>();
        await Wait.ForEnd(ReadAsync(client, item =>
        {
            numbers.Add(item.GetProperty("n").GetInt32());
            seen.TrySetResult();
        }), "the second line comes after the first was read");
        Assert.Equal([1, 2], numbers);
    }

    [Theory]
    [InlineData(400, """{"code":"bad-query","title":"t","detail":"d","caret":"a OR\n    ^ a word is missing"}""", ExitCode.Usage, "the query cannot be read:\na OR\n    ^ a word is missing")]
    [InlineData(400, """{"code":"bad-request","detail":"limit is 0, but must be 1 to 10000"}""", ExitCode.Usage, "archie at URL answers 400: limit is 0, but must be 1 to 10000")]
    [InlineData(401, """{"code":"unauthorized","title":"no token"}""", ExitCode.Unavailable, "archie at URL answers 401: no token")]
    [InlineData(503, "the proxy is tired", ExitCode.Unavailable, "archie at URL answers 503: the proxy is tired")]
    [InlineData(502, "[1]", ExitCode.Unavailable, "archie at URL answers 502: [1]")]
    public async Task A_refusal_becomes_an_exit_code_and_archies_own_words(int status, string body, int exitCode, string message)
    {
        await using LoopbackHttp archie = LoopbackHttp.Start(LoopbackHttp.Answer(status, body));
        using ArchieClient client = Client(archie.Url);
        FatalException e = await Assert.ThrowsAsync<FatalException>(() => client.GetAsync("/api/v1/status", [], CancellationToken.None));
        Assert.Equal((exitCode, message), (e.ExitCode, e.Message.Replace(archie.Url.ToString(), "URL", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Where_nobody_listens_the_message_says_what_to_do()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var url = new Uri($"http://{free.LocalEndpoint}/");
        free.Stop();
        using ArchieClient client = Client(url);
        FatalException e = await Assert.ThrowsAsync<FatalException>(() => ReadAsync(client, _ => { }));
        Assert.Equal(ExitCode.Unavailable, e.ExitCode);
        Assert.StartsWith($"archie at {url} does not answer: ", e.Message, StringComparison.Ordinal);
        Assert.EndsWith("Is tools/up (or tailer-archie) running?", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_is_cut_off_gives_what_came_and_then_says_so()
    {
        await using LoopbackHttp archie = LoopbackHttp.Start(LoopbackHttp.Begin("""{"n":1}""") + "ff\r\n{\"n\":");
        using ArchieClient client = Client(archie.Url);
        var numbers = new List<int>();
        FatalException e = await Assert.ThrowsAsync<FatalException>(() => ReadAsync(client, item => numbers.Add(item.GetProperty("n").GetInt32())));
        Assert.Equal([1], numbers);
        Assert.Equal(ExitCode.Unavailable, e.ExitCode);
        Assert.Contains("was cut off", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Something_else_on_archies_port_is_named_as_such()
    {
        await using LoopbackHttp other = LoopbackHttp.Start(LoopbackHttp.Answer(200, "<html>hello</html>"));
        using ArchieClient client = Client(other.Url);
        foreach (Task asking in new[] { client.GetAsync("/api/v1/status", [], CancellationToken.None), ReadAsync(client, _ => { }) })
        {
            FatalException e = await Assert.ThrowsAsync<FatalException>(() => asking);
            Assert.Equal((ExitCode.Unavailable, $"{other.Url} does not answer as archie does; check the address"), (e.ExitCode, e.Message));
        }
    }

    private static async Task ReadAsync(ArchieClient client, Action<JsonElement> each)
    {
        await foreach (JsonElement item in client.StreamAsync("/api/v1/search", [], CancellationToken.None))
            each(item);
    }

    private ArchieClient Client(Uri url)
    {
        SecretFile.Write(temp["token"], "secret\n"u8);
        return new ArchieClient(new Target("prod", url, temp["token"], "", [], "", TimeSpan.FromMinutes(1)));
    }
}
