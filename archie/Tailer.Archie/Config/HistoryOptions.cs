using Tailer.Hosting;

namespace Tailer.Archie;

/// <summary>Where loaded histories lie, how long, and how much of them there may be at once.</summary>
internal sealed record HistoryOptions(string Path, TimeSpan ExpireAfter, long BytesMax)
{
    public static HistoryOptions Read(ConfigSection section) => new(
        section.Path("path"),
        section.Duration("expire_after", TimeSpan.FromHours(12), TimeSpan.FromSeconds(1), TimeSpan.FromDays(30)),
        section.Size("max_bytes", 10L << 30, 1 << 20));
}
