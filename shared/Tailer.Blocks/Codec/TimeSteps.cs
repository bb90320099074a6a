using System.Runtime.InteropServices;

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
        int n = events.Count - 1;
        if (steps.Length < n)
            steps = new ulong[Math.Max(n, 1024)];
        int scale = ScaleMax;
        ulong unit = LogTime.PerSecond;
        for (int i = 0; i < n; i++)
        {
            long step = (long)(events.Time(i + 1) - events.Time(i));
            while (scale > 0 && step % (long)unit != 0)
            {
                unit /= 10;
                scale--;
            }
        }
        Span<int> over = stackalloc int[WidthMax + 1];
        over.Clear();
        for (int i = 0; i < n; i++)
        {
            long step = (long)(events.Time(i + 1) - events.Time(i)) / (long)unit;
            ulong zigzag = (ulong)(step << 1) ^ (ulong)(step >> 63);
            steps[i] = zigzag;
            for (int w = 0; w <= WidthMax; w++)
                over[w] += zigzag >= Limit(w) ? 1 : 0;
        }
        int width = over[0] == 0 ? 0 : 1;
        for (int w = width + 1; w <= WidthMax; w++)
        {
            if ((long)w * n + (long)over[w] * ExceptionBytes < (long)width * n + (long)over[width] * ExceptionBytes)
                width = w;
        }
        meta.U64(events.Time(0));
        meta.U8((byte)scale);
        meta.U8((byte)width);
        WritePlanes(steps.AsSpan(0, n), width, planes);
        foreach (ulong step in steps.AsSpan(0, n))
        {
            if (step >= Limit(width))
                meta.Varint(step);
        }
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
