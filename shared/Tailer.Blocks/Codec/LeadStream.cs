using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tailer.Blocks;

/// <summary>
/// A key with a form of lead. Keeps the lead as it is in one second, so that a line of the same second is compared with that at
/// once, and only the part of the second is looked at by itself.
/// </summary>
internal sealed class LeadStream(int key, int format, TimeFormat? timeFormat, byte[] shape, byte[] before, byte[] after)
{
    private byte[] lead = new byte[BlockEvents.TextSlackBytes];
    private long leadSecond = -1;
    private int leadBytes;
    private ulong comparedBytes;
    private int fractionAt;
    private ulong fractionMask;
    private bool isWritable;

    public int Key => key;

    /// <summary>Index of the time format; -1 when the lead has no time.</summary>
    public int Format => format;

    public byte[] Shape => shape;

    /// <summary>The next stream of the same key with a lead, or -1.</summary>
    public int Next { get; set; } = -1;

    /// <summary>Whether a line begins with the lead; it must be readable for <see cref="BlockEvents.TextSlackBytes"/> behind its end.</summary>
    public bool TryMatch(ReadOnlySpan<byte> line, ulong time, out int bytes)
    {
        ulong second = time / LogTime.PerSecond;
        if ((long)second != leadSecond)
            WriteLead((long)second, time);
        bytes = leadBytes;
        if (line.Length < leadBytes || !isWritable)
            return false;
        ref byte start = ref MemoryMarshal.GetReference(line);
        if ((ShortBytes.Differences(ref start, ref MemoryMarshal.GetArrayDataReference(lead)) & comparedBytes) != 0)
            return false;
        ulong fraction = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, fractionAt));
        if (((fraction ^ DecimalDigits.Of((uint)(time - second * LogTime.PerSecond))) & fractionMask) != 0)
            return false;
        return (leadBytes <= BlockEvents.TextSlackBytes || RestMatches(line)) && !LeadShape.Cuts(line, leadBytes);
    }

    /// <summary>What is behind the bytes compared at once, without the fraction where that is there.</summary>
    private bool RestMatches(ReadOnlySpan<byte> line)
    {
        int fractionEnd = fractionAt + FractionBytes;
        int middleEnd = Math.Max(BlockEvents.TextSlackBytes, Math.Min(fractionAt, leadBytes));
        int from = Math.Max(BlockEvents.TextSlackBytes, fractionEnd);
        return line[BlockEvents.TextSlackBytes..middleEnd].SequenceEqual(lead.AsSpan(BlockEvents.TextSlackBytes..middleEnd))
            && line[from..leadBytes].SequenceEqual(lead.AsSpan(from, leadBytes - from));
    }

    private int FractionBytes => System.Numerics.BitOperations.PopCount(fractionMask) / 8;

    private void WriteLead(long second, ulong time)
    {
        leadSecond = second;
        ReadOnlySpan<byte> written = timeFormat is null ? [] : timeFormat.Write(time);
        isWritable = timeFormat is null || !written.IsEmpty;
        leadBytes = before.Length + written.Length + after.Length;
        if (lead.Length < Math.Max(leadBytes, BlockEvents.TextSlackBytes))
            lead = new byte[leadBytes];
        before.CopyTo(lead, 0);
        written.CopyTo(lead.AsSpan(before.Length));
        after.CopyTo(lead, before.Length + written.Length);
        int fractionDigits = timeFormat is null ? 0 : timeFormat.FractionDigits;
        fractionAt = timeFormat is null ? 0 : before.Length + timeFormat.FractionAt;
        fractionMask = fractionDigits == 0 ? 0 : ulong.MaxValue >> (8 * (TimeFormat.FractionDigitsMax - fractionDigits));
        comparedBytes = leadBytes >= BlockEvents.TextSlackBytes ? ulong.MaxValue : (1UL << leadBytes) - 1;
        for (int i = fractionAt; i < Math.Min(fractionAt + fractionDigits, BlockEvents.TextSlackBytes); i++)
            comparedBytes &= ~(1UL << i);
    }
}
