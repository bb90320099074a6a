using System.Text;
using Tailer.Testing;

namespace Tailer.Blocks.Tests;

/// <summary>Random valid values of every format, from a seed; numbers of all magnitudes.</summary>
internal sealed class TestData(Random random)
{
    private static readonly string[] Words = ["", "a", "web-1", "köln", "日本", "x\0y", "😀", new string('n', 255), string.Concat(Enumerable.Repeat("ä", 127))];

    public Random Random => random;

    public ulong Number() => random.Next(8) switch
    {
        0 => 0,
        1 => ulong.MaxValue,
        _ => (ulong)random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64),
    };

    public string Name() => Words[random.Next(Words.Length)];

    public byte[] Bytes(int max)
    {
        byte[] bytes = new byte[random.Next(max + 1)];
        if (random.Next(2) == 0)
            random.NextBytes(bytes);
        else
            Array.Fill(bytes, (byte)random.Next(256));
        return bytes;
    }

    public SourceDescriptor Descriptor() => new()
    {
        Id = new SourceId(new UInt128((ulong)random.NextInt64(1, long.MaxValue), Number())),
        Kind = (SourceKind)random.Next(1, 6),
        View = (SourceView)random.Next(5),
        Agent = Name(),
        Host = Name(),
        Path = "/" + Name() + string.Concat(Enumerable.Repeat("/log", random.Next(4) == 0 ? 900 : random.Next(4))),
        App = Name(),
        Device = Number(),
        Inode = Number(),
        BirthTimeNs = Number(),
        Incarnation = (uint)Number(),
        PrefixBytes = random.Next(Limits.PrefixBytesMax + 1),
        PrefixHash = Number(),
        Predecessor = random.Next(2) == 0 ? default : new SourceId(new UInt128(Number(), 1)),
        Tags = [.. Enumerable.Range(0, random.Next(4)).Select(i => KeyValuePair.Create(Name() is { Length: < 200 } name ? i + name : "k" + i, Name()))],
        Cursor = Bytes(random.Next(10) == 0 ? Limits.CursorBytesMax : 8),
        FirstOffset = random.Next(2) == 0 ? null : Number(),
        FinalLength = random.Next(2) == 0 ? null : Number(),
    };

    /// <summary>Events of up to <paramref name="sources"/> sources, in offset order per source, with gaps, and times in any order.</summary>
    public EventRow[] Events(int sources, int most)
    {
        var rows = new EventRow[random.Next(1, most + 1)];
        var ends = new ulong[sources];
        for (int i = 0; i < sources; i++)
            ends[i] = Number() >> 2;
        for (int i = 0; i < rows.Length; i++)
        {
            int source = random.Next(sources);
            ulong offset = ends[source] + (random.Next(3) == 0 ? Number() >> random.Next(20, 64) : 0);
            bool repeats = i > 0 && random.Next(2) == 0;
            rows[i] = new EventRow(
                source, offset, Bytes(random.Next(20) == 0 ? 5000 : 60), repeats ? rows[i - 1].Time + (ulong)random.Next(1000) : Number(),
                (EventFlags)random.Next(256), (Severity)(repeats ? rows[i - 1].Severity : (Severity)random.Next(256)), repeats ? rows[i - 1].Pid : (uint)Number(),
                repeats ? rows[i - 1].Host : Name(), repeats ? rows[i - 1].App : Name());
            ends[source] = rows[i].End;
        }
        return rows;
    }

    public PacketStamp Stamp() => new()
    {
        Agent = Name() is { Length: > 0 } name ? name : "agent",
        Epoch = new EpochId(new UInt128(Number(), Number())),
        Number = Number(),
        SealedTime = Number(),
        BucketSeconds = random.Next(1, ushort.MaxValue + 1),
        ParserVersion = (byte)random.Next(256),
        Flags = (FrameFlags)random.Next(2),
        BoundaryCopy = (BoundaryCopy)random.Next(3),
        Copies = random.Next(1, 4),
    };

    public Packet Packet(PacketBuilder builder, EventRow[] rows, SourceDescriptor?[] descriptors, PacketStamp stamp)
    {
        for (int i = 0; i < descriptors.Length; i++)
            Assert.Equal(i, builder.Source(descriptors[i]?.Id ?? new SourceId((ulong)i + 1), descriptors[i], mayRepeat: random.Next(2) == 0));
        foreach (EventRow row in rows)
            row.AddTo(builder);
        return builder.Seal(stamp, random.Next(1, 4));
    }

    public Manifest Manifest()
    {
        int seconds = random.Next(1, 3601);
        ulong width = (ulong)seconds * LogTime.PerSecond;
        ulong to = ((Number() >> 8) / width * width) + width;
        return new Manifest
        {
            Agent = Name(),
            Host = Name(),
            Epoch = new EpochId(new UInt128(Number(), Number())),
            Number = Number(),
            SealedTime = Number(),
            BucketSeconds = seconds,
            CoversFrom = random.Next(2) == 0 ? to : to - width,
            CoversTo = to,
            Previous = new PacketId(new UInt128(Number(), Number())),
            Flags = (ManifestFlags)random.Next(16),
            Packets = [.. Enumerable.Range(0, random.Next(20)).Select(_ => new PacketId(new UInt128(Number(), Number())))],
            Sources = [.. Enumerable.Range(0, random.Next(4)).Select(_ => Source())],
        };
    }

    public SegmentFooter Footer()
    {
        SegmentSource[] sources = [.. Enumerable.Range(0, random.Next(4)).Select(_ => new SegmentSource(Descriptor(), random.Next(), Ranges()))];
        return new SegmentFooter
        {
            Environment = Name(),
            SpanStart = Number(),
            SpanWidth = Number(),
            Kind = (SegmentKind)random.Next(4),
            Complete = random.Next(2) == 0,
            Events = (long)(Number() >> 1),
            RawBytes = (long)(Number() >> 1),
            EventTimeMin = Number(),
            EventTimeMax = Number(),
            ContentHash = new ContentHash(new UInt128(Number(), Number())),
            Conflicts = (long)(Number() >> 1),
            Sources = sources,
            Blocks = [.. Enumerable.Range(0, random.Next(4)).Select(_ => new SegmentBlock((long)(Number() >> 1), random.Next(), random.Next(65_537), (long)(Number() >> 1), Number(), Number()))],
            Packets = [.. Enumerable.Range(0, random.Next(10)).Select(_ => new PacketId(new UInt128(Number(), Number())))],
            Manifests = [.. Enumerable.Range(0, random.Next(3)).Select(_ => Manifest().ToArray())],
            Gaps = [.. Enumerable.Range(0, random.Next(4)).Select(_ => Gap())],
            Silent = [.. Enumerable.Range(0, random.Next(3)).Select(_ => new SilentAgent(Name(), Number()))],
        };
    }

    /// <summary>Log lines as applications write them, as events of one source each.</summary>
    public EventRow[] LogLines(int count)
    {
        var generator = new LogGenerator(random.Next());
        var ends = new ulong[LogGenerator.Apps.Count];
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            GeneratedLine line = generator.Next();
            int source = LogGenerator.Apps.ToList().IndexOf(line.App);
            byte[] bytes = Encoding.UTF8.GetBytes(line.Text + "\n");
            var row = new EventRow(source, ends[source], bytes, LogTime.From(line.Time), line.Continues ? EventFlags.Continues : 0, Severity.Info, 17, "web-1", line.App);
            ends[source] = row.End;
            return row;
        })];
    }

    private ManifestSource Source()
    {
        ulong from = Number() >> 1;
        return new ManifestSource
        {
            Descriptor = Descriptor(),
            From = from,
            To = from + (Number() >> 1),
            Events = random.Next(),
            Skips = [.. Enumerable.Range(0, random.Next(3)).Select(_ => Gap()).Select(g => new Skip(g.From, g.To, g.Reason))],
        };
    }

    private SegmentGap Gap()
    {
        ulong from = Number() >> 1;
        return new SegmentGap(new SourceId(new UInt128(Number(), Number())), from, from + (Number() >> 1), (SkipReason)random.Next(6));
    }

    private ByteRange[] Ranges()
    {
        ulong at = 0;
        return [.. Enumerable.Range(0, random.Next(5)).Select(_ =>
        {
            ulong from = at + (Number() >> random.Next(5, 64));
            at = from + (Number() >> random.Next(5, 64));
            return new ByteRange(from, at);
        })];
    }
}
