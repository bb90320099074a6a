using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Tailer.Testing;
using Xunit.Abstractions;

namespace Tailer.EndToEnd.Tests;

/// <summary>The first five minutes of a newcomer: <c>tailer up --demo</c>, the page, in a real browser.</summary>
public sealed partial class UpTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Up_prints_a_url_whose_page_shows_live_lines_finds_older_ones_and_loads_history()
    {
        using var state = new TempDirectory();
        string first = Cluster.FreePorts(1)[0].ToString(System.Globalization.CultureInfo.InvariantCulture);
        await using TailerProcess up = TailerProcess.Start("tailer", "up", "--demo", "--state", state["state"], "--port", first);
        string line = await up.Line("token=", TimeSpan.FromMinutes(1));
        string url = UrlPattern().Match(line).Value;
        output.WriteLine($"{url}");

        using IPlaywright playwright = await Playwright.CreateAsync();
        await using IBrowser browser = await playwright.Chromium.LaunchAsync(Browsers.Headless);
        IPage page = await browser.NewPageAsync(new BrowserNewPageOptions { ViewportSize = new ViewportSize { Width = 1400, Height = 860 }, ColorScheme = ColorScheme.Dark });
        var complaints = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                complaints.Add(message.Text);
        };
        page.PageError += (_, error) => complaints.Add(error);
        try
        {
            await page.GotoAsync(url);
            Assert.DoesNotContain("token", page.Url, StringComparison.Ordinal);

            (string token, DateTimeOffset seen) = await SeeLiveLines(page);
            await Wait.For(() => DateTimeOffset.UtcNow - seen > TimeSpan.FromSeconds(31), "the line is more than 30 s old", TimeSpan.FromMinutes(1));
            await Screenshot(page, "live");
            await FindInSearch(page, token);
            await WaitForArchive(state["state"]);
            await LoadHistory(page, token);
            await page.GetByTestId("tab-status").ClickAsync();
            await page.GetByTestId("status-agent").First.WaitForAsync();
            Assert.Equal(3, await page.GetByTestId("status-buck").CountAsync());
            await Screenshot(page, "status");
            Assert.Empty(complaints);
        }
        catch
        {
            await Screenshot(page, "failed");
            foreach (string log in Directory.EnumerateFiles(state["state/log"]))
                output.WriteLine($"--- {log}\n{string.Join('\n', File.ReadLines(log).TakeLast(25))}");
            output.WriteLine(string.Join('\n', complaints));
            throw;
        }
        Assert.Equal(0, await up.Terminate(TimeSpan.FromSeconds(40)));
        await using TailerProcess again = TailerProcess.Start("tailer", "up", "--state", state["state"], "--port", first, state["state/demo-logs/**/*.log"]);
        Assert.Equal(url, UrlPattern().Match(await again.Line("token=", TimeSpan.FromMinutes(1))).Value);
        await CommandLineWorks(state["state"]);
        Assert.Equal(0, await again.Terminate(TimeSpan.FromSeconds(40)));
    }

    /// <summary>Started again on its state, everything written before is still there; the state directory is all a command needs.</summary>
    private async Task CommandLineWorks(string state)
    {
        string log = Path.Combine(state, "demo-logs", "orders", "orders.log");
        ProcessResult search = await Run("search", $"path:\"{log}\"", "--limit", "10000", "--json", "--state", state);
        Assert.True(search.ExitCode == 0, search.Errors);
        Assert.True(search.Text.Split('\n').Length > 50, "what was written before is found");
        ProcessResult status = await Run("status", "--state", state);
        Assert.True(status.ExitCode == 0, status.Errors);
        Assert.Contains("buck-3", status.Text, StringComparison.Ordinal);
        await Wait.For(async () => (await Run("audit", "--state", state)).ExitCode == 0, "audit says complete", TimeSpan.FromMinutes(1));

        string[] rotated = [.. Directory.GetFiles(Path.GetDirectoryName(log)!).Where(file => file.StartsWith(log + '.', StringComparison.Ordinal))];
        byte[] written = [.. rotated.OrderBy(File.GetLastWriteTimeUtc).Append(log).SelectMany(File.ReadAllBytes)];
        ProcessResult cat = await Run("cat", "--host", Environment.MachineName, "--path", log, "--state", state);
        Assert.True(cat.ExitCode == 0, cat.Errors);
        Assert.True(cat.Output.AsSpan().EndsWith(written), $"cat gives {cat.Output.Length} bytes, the files that are left have {written.Length}");
        output.WriteLine($"{cat.Output.Length} bytes in {rotated.Length + 1} files that are left");
    }

    private static Task<ProcessResult> Run(params string[] arguments) => TailerProcess.Run("tailer", arguments, timeout: TimeSpan.FromMinutes(1));

    /// <summary>Waits for lines, and picks one by a word that is in no other.</summary>
    private static async Task<(string Token, DateTimeOffset Seen)> SeeLiveLines(IPage page)
    {
        ILocator rows = page.GetByTestId("live-row");
        await Wait.For(async () => await rows.CountAsync() >= 10, "ten lines are on the live page", TimeSpan.FromMinutes(1));
        string? token = null;
        await Wait.For(
            async () =>
            {
                // The line's own text: the cells of a row follow each other without a blank, and would make words of their own.
                IReadOnlyList<string> texts = await rows.Locator(".cell-text").AllInnerTextsAsync();
                token = texts.SelectMany(text => WordPattern().Matches(text).Select(match => match.Value))
                    .GroupBy(word => word).Where(group => group.Count() == 1).Select(group => group.Key).LastOrDefault();
                return token is not null;
            },
            "a line has a word of its own");
        return (token!, DateTimeOffset.UtcNow);
    }

    private static async Task FindInSearch(IPage page, string token)
    {
        await page.GetByTestId("tab-search").ClickAsync();
        await page.GetByTestId("search-input").FillAsync(token);
        await page.GetByTestId("search-button").ClickAsync();
        await page.GetByTestId("search-row").First.WaitForAsync();
        Assert.Contains(token, await page.GetByTestId("search-row").First.InnerTextAsync(), StringComparison.Ordinal);
        await page.GetByTestId("search-input").FillAsync("level:error OR level:warning");
        await page.GetByTestId("search-button").ClickAsync();
        await Wait.For(async () => await page.GetByTestId("search-row").CountAsync() >= 2, "errors and warnings are found");
        await Screenshot(page, "search");
    }

    private static Task WaitForArchive(string state) =>
        Wait.For(() => ArchiveContent.Segments(Path.Combine(state, "archive")).Any(), "a span is in the archive", TimeSpan.FromMinutes(4));

    private static async Task LoadHistory(IPage page, string token)
    {
        await page.GetByTestId("tab-history").ClickAsync();
        await page.GetByTestId("history-start").FillAsync("-20m");
        await page.GetByTestId("history-end").FillAsync("now");
        await page.GetByTestId("history-estimate").ClickAsync();
        await page.GetByTestId("history-estimated").First.WaitForAsync();
        await page.GetByTestId("history-load").First.ClickAsync();
        await Wait.For(async () => await page.GetByTestId("history-state").First.GetAttributeAsync("data-state") == "ready", "the history is loaded", TimeSpan.FromMinutes(1));
        await page.GetByTestId("history-search-input").FillAsync(token);
        await page.GetByTestId("history-search-button").ClickAsync();
        await page.GetByTestId("history-row").First.WaitForAsync();
        Assert.Contains(token, await page.GetByTestId("history-row").First.InnerTextAsync(), StringComparison.Ordinal);
        await Screenshot(page, "history");
    }

    private static async Task Screenshot(IPage page, string name)
    {
        string folder = Path.Combine(BuildOutput.Repository, "artifacts", "screenshots");
        Directory.CreateDirectory(folder);
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}.png") });
    }

    [GeneratedRegex(@"http://\S+")]
    private static partial Regex UrlPattern();

    [GeneratedRegex(@"\b[a-z0-9]*[0-9][a-z0-9]{6,}\b")]
    private static partial Regex WordPattern();
}
