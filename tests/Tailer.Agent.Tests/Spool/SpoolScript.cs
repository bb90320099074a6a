using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Testing;

namespace Tailer.Agent.Tests.Spool;

/// <summary>
/// A reader of two made-up files, and a shipper, on a simulated disk: the same steps each time, so that each operation of the disk
/// can be the one that fails. It knows what it shipped and what a checkpoint had made safe.
/// </summary>
internal sealed class SpoolScript(IDisk disk, MemoryDisk under, FakeTimeProvider clock, bool syncPackets) : IDisposable
{
    public const string State = "/state";
    private const int Steps = 24;

    private readonly PacketBuilder builder = new();
    private readonly Dictionary<SourceId, ulong> positions = [];
    private SpoolStore? spool;

    public SpoolStore Spool => spool!;

    /// <summary>The machine has no power: whatever the code still does, it does not do.</summary>
    public bool IsDead { get; set; }

    /// <summary>How far each source was shipped, by the packets that might be.</summary>
    public Dictionary<SourceId, ulong> Shipped { get; } = [];

    /// <summary>How far each source was when a checkpoint was last known to be safe.</summary>
    public Dictionary<SourceId, ulong> Safe { get; } = [];

    /// <summary>Packets that were in the spool then.</summary>
    public Dictionary<PacketId, SpoolMark> SafePackets { get; } = [];

    public static SourceDescriptor Source(int i) => new()
    {
        Id = new SourceId((UInt128)(uint)(7 + i)),
        Agent = "agent-1",
        Host = "web1",
        Path = $"/var/log/app{i}.log",
    };

    public SpoolSettings Settings() => new()
    {
        Disk = disk,
        StateDirectory = State,
        Agent = "agent-1",
        Host = "web1",
        BucketSeconds = 10,
        Clock = clock,
        AgeMax = TimeSpan.FromSeconds(30),
        SyncPackets = syncPackets,
    };

    /// <summary>A start; sources go on where the spool says.</summary>
    public void Open()
    {
        spool = SpoolStore.Open(Settings(), NullLogger.Instance);
        positions.Clear();
        foreach (SourcePosition position in spool.Recovered.Values)
            positions[position.Descriptor.Id] = position.Position;
    }

    /// <summary>Two minutes of an agent's life: packets, idle buckets, deliveries, checkpoints, pruning, a clock set back, a clean end.</summary>
    public void Run(bool endsCleanly)
    {
        for (int step = 0; step < Steps && !IsDead; step++)
        {
            Write(step % 3 == 0 ? 1 : 0);
            if (step % 4 == 1)
                Write(1);
            if (step == 5)
                spool!.NoteEnd(Source(1));
            clock.Advance(TimeSpan.FromSeconds(step % 7 == 6 ? 25 : 2));
            Tick();
            if (step % 5 == 4)
                Deliver();
            if (step == 15)
                clock.AdjustTime(clock.GetUtcNow() - TimeSpan.FromMinutes(5));
        }
        if (!endsCleanly || IsDead)
            return;
        spool!.Close(Positions());
        NoteShipped();
    }

    public ulong Position(int source) => positions.GetValueOrDefault(Source(source).Id);

    public void Write(int source)
    {
        // As the reader: nothing more is taken while the spool takes nothing.
        if (IsDead || spool!.IsFull)
            return;
        SourceDescriptor descriptor = Source(source);
        ulong at = positions.GetValueOrDefault(descriptor.Id);
        string line = $"line at {at} of {descriptor.Path} {new string('x', (int)(at % 700))}\n";
        int index = builder.Source(descriptor.Id, descriptor);
        builder.Add(new Event { Source = index, Offset = at, Bytes = Encoding.UTF8.GetBytes(line), Time = LogTime.Now(clock), Host = "web1", App = "" });
        positions[descriptor.Id] = at + (ulong)line.Length;
        Assert.NotNull(spool.TrySeal(builder, new DeliverySettings()));
        NoteShipped();
    }

    /// <summary>A line, and behind it bytes that a rule took out.</summary>
    public void WriteWithHole(int source, ulong dropped)
    {
        SourceDescriptor descriptor = Source(source);
        ulong at = positions.GetValueOrDefault(descriptor.Id);
        int index = builder.Source(descriptor.Id, descriptor);
        builder.Add(new Event { Source = index, Offset = at, Bytes = "kept\n"u8, Time = LogTime.Now(clock), Host = "web1", App = "" });
        builder.Skip(index, at + 5, at + 5 + dropped);
        positions[descriptor.Id] = at + 5 + dropped;
        Assert.NotNull(spool!.TrySeal(builder, new DeliverySettings()));
        spool.NoteDropped(descriptor, at + 5, at + 5 + dropped);
        NoteShipped();
    }

    public void Tick()
    {
        if (IsDead)
            return;
        byte[]? before = under.ReadAll(State + "/checkpoint");
        spool!.Tick(Positions());
        NoteShipped();
        if (!IsDead && under.ReadAll(State + "/checkpoint") is { } after && (before is null || !before.AsSpan().SequenceEqual(after)))
            NoteSafe();
    }

    public void Deliver() => spool!.Report(new DeliveryProgress(spool.End, []), spool.UndeliveredBytes);

    /// <summary>As kill -9: nothing is written any more.</summary>
    public void Kill()
    {
        spool?.Dispose();
        builder.Reset();
    }

    public void Dispose()
    {
        spool?.Dispose();
        builder.Dispose();
    }

    public IEnumerable<SourcePosition> Positions() =>
        positions.Select(p => new SourcePosition(Source(p.Key == Source(0).Id ? 0 : 1), p.Value, 0, 0, 1, MidLine: false));

    /// <summary>All whole records of the spool, in order.</summary>
    public static List<(SpoolMark Mark, RecordType Type, PacketId Id, byte[] Body)> Records(IDisk disk)
    {
        var records = new List<(SpoolMark, RecordType, PacketId, byte[])>();
        foreach (string day in disk.List(State + "/spool").Where(day => IsDirectory(disk, $"{State}/spool/{day}")))
        {
            foreach (string name in disk.List($"{State}/spool/{day}"))
            {
                if (!Names.TryParseBucket(day, name, out ulong bucket))
                    continue;
                using IDiskFile file = disk.OpenRead($"{State}/spool/{day}/{name}")!;
                using var reader = new BucketFileReader(file);
                while (reader.TryReadNext())
                    records.Add((new SpoolMark(bucket, reader.RecordPosition), reader.Header.Type, reader.Header.Id, reader.Body.ToArray()));
            }
        }
        return [.. records.OrderBy(r => r.Item1)];
    }

    private static bool IsDirectory(IDisk disk, string path)
    {
        try
        {
            return disk.List(path).Count > 0;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private void NoteSafe()
    {
        foreach ((SourceId id, ulong position) in positions)
            Safe[id] = position;
        SafePackets.Clear();
        foreach ((SpoolMark mark, _, PacketId id, _) in Records(under))
            SafePackets[id] = mark;
    }

    /// <summary>The shipper may take everything up to the end that the spool publishes.</summary>
    private void NoteShipped()
    {
        if (IsDead)
            return;
        foreach ((SpoolMark mark, RecordType type, _, byte[] body) in Records(under))
        {
            if (type != RecordType.Packet || mark >= spool!.End || FrameHeader.TryReadFrame(body, out FrameHeader? header) != FrameError.None)
                continue;
            foreach (SourceRange range in header!.Sources)
                Shipped[range.Source] = Math.Max(range.To, Shipped.GetValueOrDefault(range.Source));
        }
    }
}
