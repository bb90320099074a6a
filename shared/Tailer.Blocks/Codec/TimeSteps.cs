using System.Numerics;
using System.Runtime.CompilerServices;

namespace Tailer.Blocks;

/// <summary>
/// Event times as steps from event to event, in the coarsest unit that keeps them exact: numbers of 0 to 4 bytes, one plane per
/// byte (the high ones compress to nothing), and larger steps beside them.
/// </summary>
internal static class TimeSteps
{
    private const int WidthMax = 4;

    /// <summary>What a step that does not fit its width takes.</summary>
    private const int ExceptionBytes = 9;

    /// <summary>The unit is a power of ten up to a second.</summary>
    public const int ScaleMax = 8;

    public static void Write(BlockEvents events, ByteWriter meta, ByteWriter planes, ref ulong[] steps)
    {
        ReadOnlySpan<ulong> times = events.Times;
        int n = times.Length - 1;
        if (steps.Length < n)
            steps = new ulong[Math.Max(n, 1024)];
        Span<ulong> zigzags = steps.AsSpan(0, n);
        int scale = FindScale(times, out ulong unit);
        Span<int> byWidth = stackalloc int[sizeof(ulong) + 1];
        byWidth.Clear();
        for (int i = 0; i < zigzags.Length; i++)
        {
            long step = Divide((long)(times[i + 1] - times[i]), unit);
            ulong zigzag = (ulong)(step << 1) ^ (ulong)(step >> 63);
            zigzags[i] = zigzag;
            byWidth[WidthOf(zigzag)]++;
        }
        int width = ChooseWidth(byWidth, n);
        meta.U64(events.Time(0));
        meta.U8((byte)scale);
        meta.U8((byte)width);
        WritePlanes(zigzags, width, planes);
        ulong limit = Limit(width);
        foreach (ulong step in zigzags)
        {
            if (step >= limit)
                meta.Varint(step);
        }
    }

    /// <summary>The greatest power of ten, and what that is, that all steps are multiples of.</summary>
    private static int FindScale(ReadOnlySpan<ulong> times, out ulong unit)
    {
        int scale = ScaleMax;
        unit = LogTime.PerSecond;
        for (int i = 1; i < times.Length; i++)
        {
            long step = (long)(times[i] - times[i - 1]);
            while (scale > 0 && Divide(step, unit) * (long)unit != step)
            {
                unit /= 10;
                scale--;
            }
        }
        return scale;
    }

    /// <summary>Steps are mostly small, and 32-bit division takes half the time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Divide(long step, ulong unit) => (ulong)step <= uint.MaxValue ? (uint)step / (uint)unit : step / (long)unit;

    /// <summary>The least width of which a step is below the limit; 5 and more for all that are none.</summary>
    private static int WidthOf(ulong zigzag) => zigzag == 0 ? 0 : (64 + 7 - BitOperations.LeadingZeroCount(Math.Max(zigzag, zigzag + 1))) / 8;

    /// <summary>That with the fewest bytes in planes and beside them.</summary>
    private static int ChooseWidth(ReadOnlySpan<int> byWidth, int n)
    {
        int width = 0, over = n - byWidth[0];
        if (over == 0)
            return 0;
        long best = long.MaxValue;
        for (int w = 1; w <= WidthMax; w++)
        {
            over -= byWidth[w];
            long bytes = (long)w * n + (long)over * ExceptionBytes;
            if (bytes < best)
                (best, width) = (bytes, w);
        }
        return width;
    }

    /// <summary>False when damaged.</summary>
    public static bool TryRead(ref SpanReader meta, ReadOnlySpan<byte> planes, Span<ulong> times)
    {
        int n = times.Length - 1;
        ulong time = meta.U64();
        int scale = meta.U8(), width = meta.U8();
        if (meta.Failed || scale > ScaleMax || width > WidthMax || planes.Length != width * n)
            return false;
        ulong unit = 1;
        for (int i = 0; i < scale; i++)
            unit *= 10;
        ulong limit = Limit(width);
        times[0] = time;
        for (int i = 0; i < n; i++)
        {
            ulong zigzag = 0;
            for (int w = 0; w < width; w++)
                zigzag |= (ulong)planes[w * n + i] << (8 * w);
            if (zigzag == limit && width > 0)
                zigzag = meta.Varint();
            times[i + 1] = time += ((zigzag >> 1) ^ (0 - (zigzag & 1))) * unit;
        }
        return !meta.Failed;
    }

    /// <summary>The greatest number of the width stands for a step beside the planes. A width of 0 is for steps that are all 0.</summary>
    private static ulong Limit(int width) => width == 0 ? 1 : (1UL << (8 * width)) - 1;

    private static void WritePlanes(ReadOnlySpan<ulong> steps, int width, ByteWriter planes)
    {
        Span<byte> to = planes.GetSpan(steps.Length * width + 1);
        ulong limit = Limit(width);
        for (int w = 0; w < width; w++)
        {
            Span<byte> plane = to.Slice(w * steps.Length, steps.Length);
            for (int i = 0; i < plane.Length; i++)
                plane[i] = (byte)(Math.Min(steps[i], limit) >> (8 * w));
        }
        planes.Advance(steps.Length * width);
    }
}
