using System.Text.Json;
using Tailer.Cli.Check;
using Tailer.Cli.Tests.Reach;
using Tailer.Hosting;
using Tailer.Testing;

namespace Tailer.Cli.Tests.Check;

public sealed class WebhookTests : IDisposable
{
    private static readonly CheckAsked Asked = new("shop \"errors\"", "level:error", TimeSpan.FromMinutes(5), AlertRange.TryParse("10"), AlertRange.TryParse("50"));

    private readonly TempDirectory temp = new();

    public void Dispose() => temp.Dispose();

    [Fact]
    public async Task Changes_are_told_once_and_what_was_not_told_is_told_the_next_time()
    {
        await using LoopbackHttp http = LoopbackHttp.Start(LoopbackHttp.Answer(503, ""), LoopbackHttp.Answer(200, ""));
        using Webhook hook = Hook(http.Url);

        Assert.Null(await hook.TellAsync(Result(CheckState.Ok, 3), CancellationToken.None));
        Assert.Empty(http.Asked);
        Assert.Equal($"the webhook at {http.Url.Authority} answered 503", await hook.TellAsync(Result(CheckState.Critical, 60), CancellationToken.None));
        Assert.Null(await hook.TellAsync(Result(CheckState.Critical, 61), CancellationToken.None));
        Assert.Null(await hook.TellAsync(Result(CheckState.Critical, 62), CancellationToken.None));
        Assert.Null(await hook.TellAsync(Result(CheckState.Ok, 2), CancellationToken.None));

        Assert.Equal(3, http.Asked.Count);
        Assert.Equal(["60", "61", "2"], http.Asked.Select(a => Body(a).GetProperty("count").GetString()));
        JsonElement recovered = Body(http.Asked[2]);
        Assert.Equal(("ok", "critical"), (recovered.GetProperty("state").GetString(), recovered.GetProperty("before").GetString()));
        Assert.StartsWith("shop \"errors\": ok (was critical) - ", recovered.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal("application/json; charset=utf-8", http.Asked[2].Headers["Content-Type"]);
    }

    [Fact]
    public async Task What_was_told_is_remembered_in_a_file_over_runs()
    {
        await using LoopbackHttp http = LoopbackHttp.Start(LoopbackHttp.Answer(200, ""));
        foreach (CheckState state in new[] { CheckState.Ok, CheckState.Warning, CheckState.Warning, CheckState.Ok })
        {
            using Webhook hook = Hook(http.Url, temp["state"]);
            Assert.Null(await hook.TellAsync(Result(state, 1), CancellationToken.None));
        }
        Assert.Equal(["warning", "ok"], http.Asked.Select(a => Body(a).GetProperty("state").GetString()));
        Assert.Equal("ok\n", File.ReadAllText(temp["state"]));
    }

    [Fact]
    public async Task A_webhook_that_is_not_there_is_said()
    {
        using Webhook hook = Hook(new Uri("http://127.0.0.1:1/"));
        Assert.StartsWith("the webhook at 127.0.0.1:1 was not told: ", await hook.TellAsync(Result(CheckState.Critical, 60), CancellationToken.None), StringComparison.Ordinal);
    }

    [Fact]
    public void A_template_s_values_are_escaped_for_JSON_and_unknown_names_are_refused()
    {
        var text = new WebhookText("""{"a":"{{name}}","b":"{{ warn }}/{{crit}}","at":"{{time}}"}""", "t.json");
        string body = text.Write(Result(CheckState.Warning, 20), CheckState.Ok, DateTimeOffset.UnixEpoch);
        Assert.Equal("""{"a":"shop \u0022errors\u0022","b":"10/50","at":"1970-01-01T00:00:00Z"}""", body);
        FatalException e = Assert.Throws<FatalException>(() => new WebhookText("{{sate}}", "t.json"));
        Assert.Equal("t.json: '{{sate}}' is not known; known are name, state, before, count, query, over, warn, crit, message, time", e.Message);
    }

    private static JsonElement Body(HttpAsked asked) => JsonDocument.Parse(asked.Body).RootElement;

    private static Webhook Hook(Uri url, string? memory = null) => new(url, new WebhookText(WebhookText.Default, "x"), memory);

    private static CheckResult Result(CheckState state, long count) => new(Asked, state, count, $"{count} lines match level:error in 5m", []);
}
