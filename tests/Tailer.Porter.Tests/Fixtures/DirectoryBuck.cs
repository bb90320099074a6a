using Tailer.Blocks;
using Tailer.Blocks.Native;
using Tailer.Disk;
using Tailer.Wire;
using Manifest = Tailer.Blocks.Manifest;

namespace Tailer.Porter.Tests;

/// <summary>A buck as the porter sees it, over real bucket files in a directory; without a process or a connection.</summary>
internal sealed class DirectoryBuck(string name, string root) : IBuck
{
    private static readonly SystemDisk Disk = SystemDisk.Instance;

    /// <summary>Given to whoever asks for a lease; the name of its holder.</summary>
    private string? leaseHolder;

    /// <summary>Gives each packet or manifest to two bucks, one after the other.</summary>
    public static void Spread(IReadOnlyList<DirectoryBuck> bucks, params object[] records)
    {
        for (int i = 0; i < records.Length; i++)
        {
            foreach (DirectoryBuck buck in new[] { bucks[i % bucks.Count], bucks[(i + 1) % bucks.Count] })
            {
                if (records[i] is Packet packet)
                    buck.Append(packet);
                else
                    buck.Append((Manifest)records[i]);
            }
        }
    }

    public string Name => name;

    public bool IsDown { get; set; }

    /// <summary>Packets that were asked for.</summary>
    public List<(string Agent, PacketId Id)> Wanted { get; } = [];

    /// <summary>Called before each request.</summary>
    public Action? OnRequest { get; set; }

    public int ReadRequests { get; private set; }

    public void Append(Packet packet) => Append(packet.Header.Bucket, packet.Header.BucketSeconds, RecordType.Packet, packet.Id, packet.Frame.Span);

    public void Append(Manifest manifest)
    {
        byte[] bytes = manifest.ToArray();
        Append(manifest.Bucket, manifest.BucketSeconds, RecordType.Manifest, Packet.IdOf(bytes), bytes);
    }

    /// <summary>Flips a byte in the body of a record.</summary>
    public void Damage(Packet packet)
    {
        string path = PathOf(packet.Header.Bucket, packet.Header.BucketSeconds);
        byte[] file = File.ReadAllBytes(path);
        int at = file.AsSpan().IndexOf(packet.Frame.Span);
        file[at + packet.Header.HeaderBytes + 8] ^= 1;
        File.WriteAllBytes(path, file);
    }

    public bool Holds(Packet packet) =>
        Disk.ReadAll(PathOf(packet.Header.Bucket, packet.Header.BucketSeconds)) is { } file && file.AsSpan().IndexOf(packet.Frame.Span) >= 0;

    public Task<IReadOnlyList<BucketListing>> ListBucketsAsync(CancellationToken stopping)
    {
        Serve();
        List<BucketListing> files = [];
        foreach (string day in Disk.List(root))
        {
            foreach (string file in Disk.List(Path.Combine(root, day)))
            {
                if (Names.TryParseBucket(day, file, out ulong start))
                    files.Add(Describe(start));
            }
        }
        return Task.FromResult<IReadOnlyList<BucketListing>>(files);
    }

    public Task<RecordPage> ListAsync(BucketFileName file, long since, CancellationToken stopping)
    {
        Serve();
        using IDiskFile? opened = Disk.OpenRead(PathOf(file.Start, file.WidthSeconds));
        if (opened is null)
            return Task.FromResult(new RecordPage(since, true, true, []));
        // Two records a page, so that paging is used.
        List<ListedRecord> records = [];
        using var reader = new BucketFileReader(opened, since);
        while (records.Count < 2 && reader.TryReadNext())
        {
            FrameHeader? header = null;
            if (reader.Header.Type == RecordType.Packet)
                FrameHeader.TryRead(reader.Body.Span, out header);
            records.Add(new ListedRecord(reader.Header.Id, reader.Header.Type, new RecordPosition(reader.RecordPosition, reader.Header.BodyBytes), header));
        }
        return Task.FromResult(new RecordPage(reader.Position, records.Count < 2, false, records));
    }

    public Task ReadAsync(BucketFileName file, IReadOnlyList<RecordPosition> positions, Action<int, RecordStatus, ReadOnlyMemory<byte>> take, CancellationToken stopping)
    {
        Serve();
        ReadRequests++;
        byte[] content = Disk.ReadAll(PathOf(file.Start, file.WidthSeconds)) ?? [];
        for (int i = 0; i < positions.Count; i++)
        {
            int at = (int)positions[i].Position;
            bool isThere = at + RecordHeader.Bytes <= content.Length && RecordHeader.TryRead(content.AsSpan(at), out _);
            take(i, isThere ? RecordStatus.Ok : RecordStatus.Absent, isThere ? content.AsMemory(at + RecordHeader.Bytes, positions[i].BodyBytes) : default);
        }
        return Task.CompletedTask;
    }

    public Task<ReadOnlyMemory<byte>?> ReadAsync(BucketFileName file, PacketId id, CancellationToken stopping)
    {
        Serve();
        using IDiskFile? opened = Disk.OpenRead(PathOf(file.Start, file.WidthSeconds));
        if (opened is null)
            return Task.FromResult<ReadOnlyMemory<byte>?>(null);
        using var reader = new BucketFileReader(opened);
        while (reader.TryReadNext())
        {
            if (reader.Header.Id == id)
                return Task.FromResult<ReadOnlyMemory<byte>?>(reader.Body.ToArray());
        }
        return Task.FromResult<ReadOnlyMemory<byte>?>(null);
    }

    public Task<IReadOnlyList<DamagedRecord>> ListDamagedAsync(CancellationToken stopping)
    {
        Serve();
        return Task.FromResult<IReadOnlyList<DamagedRecord>>([]);
    }

    public Task<bool> HealAsync(PacketId id, ReadOnlyMemory<byte> body, CancellationToken stopping)
    {
        Serve();
        return Task.FromResult(false);
    }

    public Task<PruneOutcome> PruneAsync(BucketListing listed, CancellationToken stopping)
    {
        Serve();
        string path = PathOf(listed.File.Start, listed.File.WidthSeconds);
        if (!File.Exists(path))
            return Task.FromResult(PruneOutcome.Absent);
        if (Describe(listed.File.Start) != listed)
            return Task.FromResult(PruneOutcome.Changed);
        File.Delete(path);
        return Task.FromResult(PruneOutcome.Pruned);
    }

    public Task<int> WantAsync(string agent, IReadOnlyList<PacketId> packets, CancellationToken stopping)
    {
        Serve();
        Wanted.AddRange(packets.Select(id => (agent, id)));
        return Task.FromResult(1);
    }

    public Task<string?> LeaseAsync(string name, string holder, TimeSpan lifetime, CancellationToken stopping)
    {
        Serve();
        if (leaseHolder is not null && leaseHolder != holder)
            return Task.FromResult<string?>(leaseHolder);
        leaseHolder = lifetime == TimeSpan.Zero ? null : holder;
        return Task.FromResult<string?>(null);
    }

    private void Serve()
    {
        OnRequest?.Invoke();
        if (IsDown)
            throw new BuckException($"{name} is down");
    }

    private void Append(ulong bucket, int seconds, RecordType type, PacketId id, ReadOnlySpan<byte> body)
    {
        string path = PathOf(bucket, seconds);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        bool isThere = false;
        using var writer = BucketFileWriter.Open(Disk, path, (_, header) => isThere |= header.Id == id);
        if (!isThere)
            writer.Append(type, id, body);
    }

    private BucketListing Describe(ulong start)
    {
        using IDiskFile file = Disk.OpenRead(PathOf(start, TestTimes.BucketSeconds))!;
        using var reader = new BucketFileReader(file);
        using var ids = new ByteWriter();
        int records = 0;
        for (; reader.TryReadNext(); records++)
            ids.Id(reader.Header.Id);
        Span<byte> hash = stackalloc byte[ContentHash.Bytes];
        Sodium.Blake2b(hash, ids.Written);
        return new BucketListing(new BucketFileName(start, TestTimes.BucketSeconds, 0), file.Length, records, ContentHash.Read(hash), true);
    }

    private string PathOf(ulong bucket, int seconds) => Path.Combine(root, Names.Bucket(bucket, (ulong)seconds * LogTime.PerSecond));
}
