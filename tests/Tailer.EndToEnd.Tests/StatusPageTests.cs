using Microsoft.Playwright;
using Tailer.Testing;

namespace Tailer.EndToEnd.Tests;

/// <summary>The status page in Chromium.</summary>
public sealed class StatusPageTests
{
    [Fact]
    public async Task The_page_and_tailer_status_show_each_disk_and_why_one_is_set_aside()
    {
        using var disks = new TempDirectory();
        string gone = disks["not-mounted"];
        await using Cluster cluster = await Cluster.Start(new ClusterOptions
        {
            Paths = ["/nowhere"],
            Bucks = 2,
            DiskReserve = "1MiB",
            BuckSettingsOf = i => i == 1 ? "" : $"disks:\n  - path: {disks["a"]}\n  - path: {gone}\n    weight: 2\n    reserve: 3MiB",
        });
        using IPlaywright playwright = await Playwright.CreateAsync();
        await using IBrowser browser = await playwright.Chromium.LaunchAsync(Browsers.Headless);
        IPage page = await browser.NewPageAsync(new BrowserNewPageOptions { ViewportSize = new ViewportSize { Width = 1400, Height = 860 }, ColorScheme = ColorScheme.Dark });
        var complaints = new List<string>();
        page.PageError += (_, error) => complaints.Add(error);
        await page.GotoAsync($"{cluster.ArchieUrl}/?token={cluster.Token}");
        await page.GetByTestId("tab-status").ClickAsync();
        await Wait.For(async () => await page.Locator("[data-testid=status-disk][data-state=ok]").CountAsync() == 3, "all disks are shown as well");

        // As if it had been unmounted: what is there now is not the disk.
        await cluster.Bucks[0].Kill9();
        File.Delete(Path.Combine(gone, "disk.json"));
        cluster.Bucks[0].Start();
        ILocator aside = page.Locator("[data-testid=status-disk][data-state=aside]");
        await Wait.For(async () => await aside.CountAsync() == 1, "the disk is shown as set aside");
        string row = await aside.InnerTextAsync();
        Assert.Contains(gone, row, StringComparison.Ordinal);
        Assert.Contains("Mount the disk", row, StringComparison.Ordinal);
        Assert.Contains("3", row, StringComparison.Ordinal);
        Assert.Contains("2 of 3", await page.GetByTestId("status-disks").InnerTextAsync(), StringComparison.Ordinal);
        string folder = Directory.CreateDirectory(Path.Combine(BuildOutput.Repository, "artifacts", "screenshots")).FullName;
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, "status-disks.png") });
        Assert.Empty(complaints);

        ProcessResult status = await TailerProcess.Run("tailer", ["status", "--config", cluster.CliConfig], timeout: TimeSpan.FromMinutes(1));
        Assert.True(status.ExitCode == 0, status.Errors);
        Assert.True(status.Text.Contains("aside", StringComparison.Ordinal), status.Text);
        Assert.Contains("Mount the disk", status.Text, StringComparison.Ordinal);
        Assert.Contains("reserve", status.Text, StringComparison.Ordinal);
    }
}
