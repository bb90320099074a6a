using Tailer.Blocks;

namespace Tailer.Archie;

/// <summary>Widths of histogram slots that people can read off an axis.</summary>
internal static class HistogramSteps
{
    private static readonly ulong[] Seconds =
        [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 1_209_600, 2_592_000, 7_776_000, 31_536_000];

    /// <summary>The least of them with which a range of this length has at most <paramref name="slotsMax"/> slots.</summary>
    public static ulong For(ulong range, int slotsMax)
    {
        foreach (ulong seconds in Seconds)
        {
            ulong step = seconds * LogTime.PerSecond;
            // One more slot may be begun at each end.
            if (range / step + 2 <= (ulong)Math.Max(slotsMax, 3))
                return step;
        }

        return Math.Max(Seconds[^1] * LogTime.PerSecond, range / (ulong)Math.Max(slotsMax - 2, 1) + 1);
    }
}
