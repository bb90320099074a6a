using Microsoft.Playwright;

namespace Tailer.EndToEnd.Tests;

/// <summary>How the system's Chromium is started for tests.</summary>
internal static class Browsers
{
    public static BrowserTypeLaunchOptions Headless => new()
    {
        ExecutablePath = "/usr/bin/chromium",
        Headless = true,
        Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    };
}
