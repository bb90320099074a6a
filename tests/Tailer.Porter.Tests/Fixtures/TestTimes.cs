using Tailer.Blocks;

namespace Tailer.Porter.Tests;

/// <summary>The times of the tests: buckets of 10 s, spans of a minute, sealed a minute after their end.</summary>
internal static class TestTimes
{
    public const int BucketSeconds = 10;

    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The moment so many seconds after the start.</summary>
    public static ulong At(double seconds) => LogTime.From(Start.AddSeconds(seconds));
}
