using Tailer.Blocks;

namespace Tailer.Stores;

/// <summary>
/// Writes one source's bytes in order although its events come from several places, repeated, and a little out of order. What comes
/// early is held back until the bytes before it are there or are known never to come, so memory is bounded by how far
/// the places disagree. Throws what the output throws.
/// </summary>
/// <param name="output">Receives the bytes.</param>
/// <param name="expected">Every byte that will be given to <see cref="Add"/>, from footers and frame headers.</param>
/// <param name="from">First offset wanted.</param>
/// <param name="to">Offset after the last one wanted.</param>
public sealed class SourceAssembler(Stream output, Coverage expected, ulong from, ulong to)
{
    private readonly SortedDictionary<ulong, byte[]> early = [];
    private readonly List<ByteRange> missing = [];
    private readonly Queue<ByteRange> gaps = new(expected.Gaps(new ByteRange(from, to)));
    private readonly SortedDictionary<ulong, ulong> holes = [];
    private ulong position = from;

    /// <summary>Ranges that no place had; complete after <see cref="Finish"/>.</summary>
    public IReadOnlyList<ByteRange> Missing => missing;

    /// <summary>Bytes held back now.</summary>
    public long HeldBackBytes { get; private set; }

    public void Add(ulong offset, ReadOnlySpan<byte> bytes)
    {
        StepOverMissing();
        if (offset > position)
        {
            HoldBack(offset, bytes);
            return;
        }
        Write(offset, bytes);
        Release();
    }

    /// <summary>A place that claims these bytes has not got them, because a rule took them out. Nobody else may have claimed them.</summary>
    public void Pass(ulong first, ulong end)
    {
        if (end <= position)
            return;
        holes[first] = Math.Max(end, holes.GetValueOrDefault(first));
        Release();
    }

    /// <summary>Writes what was held back and can be written now.</summary>
    private void Release()
    {
        StepOverMissing();
        while (early.Count > 0)
        {
            StepOverMissing();
            (ulong first, byte[] held) = early.First();
            if (first > position)
                return;
            early.Remove(first);
            HeldBackBytes -= held.Length;
            Write(first, held);
        }
    }

    /// <summary>Writes what is held back and notes everything up to <c>to</c> that did not come.</summary>
    public void Finish()
    {
        foreach ((ulong offset, byte[] bytes) in early)
        {
            if (offset > position)
                Miss(offset);
            Write(offset, bytes);
        }
        early.Clear();
        HeldBackBytes = 0;
        if (position < to)
            Miss(to);
    }

    private void HoldBack(ulong offset, ReadOnlySpan<byte> bytes)
    {
        if (early.TryGetValue(offset, out byte[]? held) && held.Length >= bytes.Length)
            return;
        HeldBackBytes += bytes.Length - (held?.Length ?? 0);
        early[offset] = bytes.ToArray();
    }

    /// <summary>Bytes that no place claims will never come: go on behind them.</summary>
    private void StepOverMissing()
    {
        while (gaps.TryPeek(out ByteRange gap) && gap.From <= position)
        {
            gaps.Dequeue();
            if (gap.To > position)
                Miss(gap.To);
        }
        while (holes.Count > 0)
        {
            (ulong first, ulong end) = holes.First();
            if (first > position)
                return;
            holes.Remove(first);
            if (end > position)
                Miss(end);
        }
    }

    private void Miss(ulong until)
    {
        until = Math.Min(until, to);
        missing.Add(new ByteRange(position, until));
        position = until;
    }

    private void Write(ulong offset, ReadOnlySpan<byte> bytes)
    {
        ulong end = Math.Min(offset + (ulong)bytes.Length, to);
        if (end <= position)
            return;
        ulong skip = position - offset;
        output.Write(bytes.Slice((int)skip, (int)(end - position)));
        position = end;
    }
}
