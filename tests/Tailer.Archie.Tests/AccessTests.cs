using System.Net;
using System.Text.Json;
using Tailer.Hosting;

namespace Tailer.Archie.Tests;

/// <summary>Who gets in: docs/formats/http.md, section 1.</summary>
public sealed class AccessTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/index.html")]
    [InlineData("/favicon.svg")]
    [InlineData("/metrics")]
    [InlineData("/api/v1/config")]
    [InlineData("/api/v1/search?q=x")]
    [InlineData("/api/v1/status")]
    [InlineData("/no-such-page")]
    public async Task Nothing_is_given_to_who_shows_no_token(string path)
    {
        await using ArchieHost archie = await ArchieHost.StartAsync();
        using HttpClient client = archie.Client(withToken: false);
        using HttpResponseMessage response = await client.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        JsonElement problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal("unauthorized", problem.GetProperty("code").GetString());
    }

    [Fact]
    public async Task Health_is_open_and_a_person_without_token_reads_what_to_do()
    {
        await using ArchieHost archie = await ArchieHost.StartAsync();
        using HttpClient client = archie.Client(withToken: false);
        Assert.Equal("ok", await client.GetStringAsync(new Uri("/healthz", UriKind.Relative)));
        client.DefaultRequestHeaders.Accept.ParseAdd("text/html,application/xhtml+xml,*/*;q=0.8");
        using HttpResponseMessage response = await client.GetAsync(new Uri("/", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("Open the URL printed by tools/up", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_token_in_the_address_becomes_a_cookie_that_scripts_cannot_read_and_leaves_the_address()
    {
        await using ArchieHost archie = await ArchieHost.StartAsync();
        using HttpClient client = archie.Client(withToken: false);
        using HttpResponseMessage wrong = await client.GetAsync(new Uri("/?token=wrong", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);

        using HttpResponseMessage response = await client.GetAsync(new Uri($"/?token={archie.Token}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
        Assert.Equal("/", response.Headers.Location?.OriginalString);
        string cookie = response.Headers.GetValues("Set-Cookie").Single();
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(archie.Token, cookie, StringComparison.Ordinal);
        Assert.StartsWith($"tailer-{archie.Address.Port}=", cookie, StringComparison.Ordinal);

        client.DefaultRequestHeaders.Add("Cookie", cookie.Split(';')[0]);
        using HttpResponseMessage config = await client.GetAsync(new Uri("/api/v1/config", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, config.StatusCode);
    }

    [Theory]
    [InlineData("evil.example", null, "forbidden-host")]
    [InlineData("evil.example:80", null, "forbidden-host")]
    [InlineData(null, "https://evil.example", "forbidden-origin")]
    [InlineData(null, "null", "forbidden-origin")]
    [InlineData(null, "http://127.0.0.1:1", "forbidden-origin")]
    public async Task A_page_of_somebody_else_gets_nothing_even_with_the_token(string? host, string? origin, string code)
    {
        await using ArchieHost archie = await ArchieHost.StartAsync();
        using HttpClient client = archie.Client();
        client.DefaultRequestHeaders.Host = host;
        if (origin is not null)
            client.DefaultRequestHeaders.Add("Origin", origin);
        using HttpResponseMessage response = await client.GetAsync(new Uri("/api/v1/config", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal(code, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_change_with_the_cookie_alone_needs_an_origin_and_with_the_token_does_not()
    {
        await using ArchieHost archie = await ArchieHost.StartAsync();
        using HttpClient client = archie.Client(withToken: false);
        client.DefaultRequestHeaders.Add("Cookie", $"tailer-{archie.Address.Port}={new AccessToken(archie.Token).CookieValue}");
        var path = new Uri("/api/v1/history", UriKind.Relative);
        using (HttpResponseMessage without = await client.PostAsync(path, new StringContent("{}")))
            Assert.Equal(HttpStatusCode.Forbidden, without.StatusCode);
        client.DefaultRequestHeaders.Add("Origin", archie.Address.GetLeftPart(UriPartial.Authority));
        using (HttpResponseMessage with = await client.PostAsync(path, new StringContent("{}")))
            Assert.Equal(HttpStatusCode.BadRequest, with.StatusCode);
        await archie.PostAsync("/api/v1/history", "{}", HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("127.0.0.1", "localhost:8080", true)]
    [InlineData("127.0.0.1", "127.0.0.1:8080", true)]
    [InlineData("127.0.0.1", "[::1]:8080", true)]
    [InlineData("127.0.0.1", "logs.example", true)]
    [InlineData("127.0.0.1", "logs.example:443", true)]
    [InlineData("127.0.0.1", "logs.example.evil.example", false)]
    [InlineData("127.0.0.1", "10.0.0.5:8080", false)]
    [InlineData("0.0.0.0", "localhost:8080", true)]
    [InlineData("0.0.0.0", "10.0.0.5:8080", false)]
    [InlineData("10.0.0.5", "localhost:8080", false)]
    [InlineData("10.0.0.5", "10.0.0.5:8080", true)]
    public void Only_known_names_are_answered_to(string listen, string host, bool allowed) =>
        Assert.Equal(allowed, new HostNames(new NetworkAddress(listen, 8080), ["logs.example"]).Contains(new Microsoft.AspNetCore.Http.HostString(host)));

    [Fact]
    public async Task The_page_may_talk_to_archie_and_the_bucks_and_to_nobody_else()
    {
        await using ArchieHost archie = await ArchieHost.StartAsync();
        JsonElement config = await archie.GetAsync("/api/v1/config");
        JsonElement environment = config.GetProperty("environments")[0];
        Assert.Equal(3, environment.GetProperty("bucks").GetArrayLength());
        Assert.True(environment.GetProperty("ticketExpires").GetDateTimeOffset() > DateTimeOffset.UtcNow);
        var options = new ArchieOptions(default, "", [], [new EnvironmentOptions("test", "", [new BuckOptions("a", default, "http://10.0.0.1:7001")], "", "", default)], new HistoryOptions("", default, 0));
        string policy = WebPage.PolicyOf(options);
        Assert.Contains("connect-src 'self' http://10.0.0.1:7001 ws://10.0.0.1:7001;", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
    }
}
