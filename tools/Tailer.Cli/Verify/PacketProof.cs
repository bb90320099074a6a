using Tailer.Blocks;
using Tailer.Cli.Show;

namespace Tailer.Cli.Verify;

/// <summary>Proves a packet: frame, id, block, and that the block holds what the header says. Reused packet after packet.</summary>
internal sealed class PacketProof : IDisposable
{
    /// <summary>The events of the packet read last; empty when its block could not be decoded.</summary>
    public DecodedBlock Block { get; } = new();

    /// <summary>
    /// Null when the frame is whole and is what its header says, else what is wrong, and where from its first byte. The header is given
    /// also when only the payload is damaged.
    /// </summary>
    /// <param name="frame">The bytes; they must not change while <see cref="Block"/> is used.</param>
    /// <param name="id">What it should be; null when nobody says.</param>
    /// <param name="header">Null when it cannot be read.</param>
    public Finding? Check(ReadOnlyMemory<byte> frame, PacketId? id, out FrameHeader? header)
    {
        Block.TryDecode([], 0);
        FrameError headerError = FrameHeader.TryRead(frame.Span, out header);
        if (headerError != FrameError.None)
            return new Finding(0, frame.Length, $"packet {DamageText.Of(headerError)}", "what it holds of which source cannot be told from this copy");
        int from = header!.HeaderBytes;
        Packet? packet = Packet.TryRead(frame, out FrameError error);
        if (packet is null)
            return new Finding(Math.Min(from, frame.Length), frame.Length, $"{Name(header)} {DamageText.Of(error)}", Lost(header));
        if (id is { } expected && packet.Id != expected)
            return new Finding(0, frame.Length, $"{Name(header)} has the id {packet.Id}, its record says {expected}", "it is whole, but not the packet that was stored here");
        BlockError blockError = packet.TryDecode(Block);
        if (blockError != BlockError.None)
            return new Finding(from, from + header.PayloadBytes, $"{Name(header)}: its block {DamageText.Of(blockError)}", Lost(header));
        return Difference(header) is { } difference
            ? new Finding(0, frame.Length, $"{Name(header)} {difference}", "it was sealed wrongly: its checksums fit, every copy is like this")
            : null;
    }

    public void Dispose() => Block.Dispose();

    private static string Name(FrameHeader header) => $"packet {header.Number} of agent {Printable.Of(header.Agent)}";

    private static string Lost(FrameHeader header) =>
        $"its {Quantity.Count(header.Events, "event")} from {Quantity.Time(header.EventTimeMin)} to {Quantity.TimeAfter(header.EventTimeMax, header.EventTimeMin)} UTC cannot be read from this copy";

    private string? Difference(FrameHeader header)
    {
        var ranges = new RangeCheck[header.Sources.Count];
        long raw = 0;
        (ulong least, ulong greatest) = (ulong.MaxValue, 0);
        for (int i = 0; i < Block.Count; i++)
        {
            Event e = Block[i];
            ranges[e.Source].Add(e);
            raw += e.Bytes.Length;
            least = Math.Min(least, e.Time);
            greatest = Math.Max(greatest, e.Time);
        }
        if (Block.Count != header.Events)
            return $"has {Quantity.Count(Block.Count, "event")}, its header says {Quantity.Number(header.Events)}";
        if (raw != header.RawBytes)
            return $"has {Quantity.Number(raw)} raw bytes, its header says {Quantity.Number(header.RawBytes)}";
        if (least != header.EventTimeMin || greatest != header.EventTimeMax)
            return $"has events from {LogTime.Format(least)} to {LogTime.Format(greatest)}, its header says {LogTime.Format(header.EventTimeMin)} to {LogTime.Format(header.EventTimeMax)}";
        for (int i = 0; i < ranges.Length; i++)
        {
            if (ranges[i].Difference(header.Sources[i]) is { } difference)
                return $"{difference} of source {header.Sources[i].Source}";
        }
        return null;
    }

    /// <summary>What the block holds of one source.</summary>
    private struct RangeCheck
    {
        private ulong from, to;
        private int events;
        private bool hasHoles, isReordered;

        public void Add(scoped in Event e)
        {
            if (events++ == 0)
                from = e.Offset;
            else
            {
                hasHoles |= e.Offset > to;
                isReordered |= e.Offset < to;
            }
            to = e.End;
        }

        public readonly string? Difference(SourceRange claimed)
        {
            if (events != claimed.Events)
                return $"has {Quantity.Count(events, "event")}, its header says {Quantity.Number(claimed.Events)},";
            if (isReordered)
                return "has events that are not in the order of their offsets,";
            // A rule may have taken out the first or last bytes of the range.
            bool fits = claimed.HasHoles ? claimed.From <= from && to <= claimed.To : from == claimed.From && to == claimed.To;
            if (events > 0 && !fits)
                return $"has {from}..{to}, its header says {claimed.From}..{claimed.To},";
            return hasHoles && !claimed.HasHoles ? "has not every byte of the range its header gives, and does not say so," : null;
        }
    }
}
