using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Tailer.Testing;
using Xunit.Abstractions;

namespace Tailer.EndToEnd.Tests;

/// <summary>The live page in Chromium, connected to three bucks of which one dies and comes back.</summary>
public sealed partial class LivePageTests(ITestOutputHelper output)
{
    private const int LinesOfAFile = 4000;

    [Fact]
    public async Task A_page_shows_every_line_once_and_in_its_source_s_order_while_a_buck_is_killed_and_returns()
    {
        using var logs = new TempDirectory();
        string[] files = [logs.File("one.log", ""), logs.File("two.log", "")];
        await using Cluster cluster = await Cluster.Start(new ClusterOptions { Paths = files, Host = "page-host" });
        using IPlaywright playwright = await Playwright.CreateAsync();
        await using IBrowser browser = await playwright.Chromium.LaunchAsync(Browsers.Headless);
        IPage page = await browser.NewPageAsync();
        await page.GotoAsync($"{cluster.ArchieUrl}/?token={cluster.Token}");
        await Wait.For(async () => await page.Locator("[data-testid=buck-dot][data-state=connected]").CountAsync() == 3, "the page is connected to all bucks");

        Task writing = Task.WhenAll(files.Select((file, i) => WriteAsync(file, i)));
        await Shown(page, LinesOfAFile / 4);
        await cluster.Bucks[1].Kill9();
        await Wait.For(async () => await page.Locator("[data-testid=buck-dot][data-state=down]").CountAsync() == 1, "the page sees that a buck is down");
        await Shown(page, LinesOfAFile / 2);
        cluster.Bucks[1].Start();
        await cluster.Bucks[1].Ready();
        await Wait.For(async () => await page.Locator("[data-testid=buck-dot][data-state=connected]").CountAsync() == 3, "the page is connected to it again");
        await writing;
        await Shown(page, LinesOfAFile * files.Length);

        Assert.Equal(0, await page.GetByTestId("live-dropped").CountAsync());
        Assert.Equal(0, await page.GetByTestId("live-away").CountAsync());
        await page.ScreenshotAsync(new() { Path = Path.Combine(logs.Path, "live.png") });
        foreach (IGrouping<int, int> file in (await SavedAsync(page)).GroupBy(line => line.File, line => line.Number))
            Assert.Equal(Enumerable.Range(0, LinesOfAFile), file);
    }

    /// <summary>Some lines of one source in each write, at some hundred lines a second.</summary>
    private static async Task WriteAsync(string file, int index)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (int i = 0; i < LinesOfAFile; i += 8)
        {
            await timer.WaitForNextTickAsync();
            await File.AppendAllLinesAsync(file, Enumerable.Range(i, 8).Select(n => $"{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ss.fffZ} page-host app[{index}]: INFO file {index} line {n}"));
        }
    }

    private async Task Shown(IPage page, int lines)
    {
        int shown = 0;
        try
        {
            await Wait.For(async () => (shown = int.Parse((await page.GetByTestId("live-count").GetAttributeAsync("data-count"))!, CultureInfo.InvariantCulture)) >= lines, $"the page shows {lines} lines", TimeSpan.FromMinutes(1));
        }
        finally
        {
            output.WriteLine($"{shown} lines are shown, {lines} are waited for");
        }
    }

    private static async Task<IEnumerable<(int File, int Number)>> SavedAsync(IPage page)
    {
        IDownload download = await page.RunAndWaitForDownloadAsync(() => page.GetByTestId("live-save").ClickAsync());
        string text = await File.ReadAllTextAsync(await download.PathAsync());
        return SavedLine().Matches(text).Select(m => (int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture), int.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture)));
    }

    [GeneratedRegex(@"INFO file (\d) line (\d+)\n")]
    private static partial Regex SavedLine();
}
