using Microsoft.Extensions.Logging;
using Tailer.Blocks;
using Tailer.Wire;
using BlocksManifest = Tailer.Blocks.Manifest;
using WireManifest = Tailer.Wire.Manifest;

namespace Tailer.Buck;

/// <summary>
/// Receive, verify, append, acknowledge, show. An ACK says: it is in the bucket's file, safe from kill -9; and where the sender
/// asks for it also from a power loss. Whatever is not acknowledged, its sender keeps. Called for each connection in order, for
/// all connections at once.
/// </summary>
internal sealed class PacketReceiver(
    BucketStore store, GroupCommit commit, LiveFeed feed, SourceCatalog catalog, AgentBook agents, DamageBook damage, AckWaits waits, TimeProvider clock, ILogger<PacketReceiver> logger)
{
    private static readonly TimeSpan DiskFullRetry = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RefusalLogInterval = TimeSpan.FromSeconds(1);

    private long lastRefusal;

    /// <param name="connection">Who sends it.</param>
    /// <param name="correlation">For the answer.</param>
    /// <param name="append">The packet in its envelope.</param>
    /// <param name="frameId">The id of its frame's bytes; null: it is computed here.</param>
    public async ValueTask AppendAsync(ServerConnection connection, uint correlation, Append append, PacketId? frameId = null)
    {
        Failpoint.Hit("received");
        var answer = new PendingAnswer(connection, correlation, append.Id);
        Verdict verdict = Verify(connection.Peer, append, frameId, out FrameHeader? header) ?? await StoreAsync(append, header!, answer.Hangs).ConfigureAwait(false);
        if (!answer.TryTake())
            return;
        BuckMetrics.Packets.Add(1, new KeyValuePair<string, object?>("outcome", verdict.Name));
        if (verdict.Outcome is not (StoreOutcome.Stored or StoreOutcome.Repeat))
        {
            await connection.SendAsync(correlation, verdict.ToNack(append.Id)).ConfigureAwait(false);
            return;
        }
        agents.Received(connection, header!);
        bool synced = (append.Options & AppendOptions.FsyncBeforeAck) != 0 || (header!.Flags & FrameFlags.FsyncBeforeAck) != 0;
        var ack = new Ack(append.Id, verdict.Outcome == StoreOutcome.Repeat);
        if (synced)
        {
            bool mayWaitBeside = waits.Join(connection);
            Task acknowledged = AckAfterCommitAsync(connection, correlation, ack, verdict.Disk!);
            if (!mayWaitBeside)
                await acknowledged.ConfigureAwait(false);
        }
        else
        {
            Failpoint.Hit("acknowledging");
            await connection.SendHeldAsync(correlation, ack).ConfigureAwait(false);
            Failpoint.Hit("acknowledged");
        }
    }

    public async ValueTask ManifestAsync(ServerConnection connection, uint correlation, WireManifest message)
    {
        var answer = new PendingAnswer(connection, correlation, message.Id);
        Verdict verdict = await TakeAsync(connection.Peer, message, answer.Hangs).ConfigureAwait(false);
        if (!answer.TryTake())
            return;
        BuckMetrics.Manifests.Add(1, new KeyValuePair<string, object?>("outcome", verdict.Name));
        if (verdict.Outcome is StoreOutcome.Stored or StoreOutcome.Repeat)
            await connection.SendAsync(correlation, new Ack(message.Id, verdict.Outcome == StoreOutcome.Repeat)).ConfigureAwait(false);
        else
            await connection.SendAsync(correlation, verdict.ToNack(message.Id)).ConfigureAwait(false);
    }

    /// <summary>Null when it may be stored.</summary>
    private Verdict? Verify(PeerIdentity peer, Append append, PacketId? frameId, out FrameHeader? header)
    {
        ReadOnlySpan<byte> frame = append.Frame.Span;
        FrameError error = FrameHeader.TryReadFrame(frame, out header);
        if (error == FrameError.UnknownVersion)
            return new Verdict(NackReason.UnknownVersion, $"frame version {frame[12]}; this buck knows {FrameHeader.Version}");
        if (error != FrameError.None)
            return Refuse(peer, NackReason.DamagedFrame, $"the frame is damaged: {error}");
        PacketId id = frameId ?? Packet.IdOf(frame);
        if (id != append.Id)
            return Refuse(peer, NackReason.DamagedFrame, $"the packet's id is {id} and not {append.Id}");
        if (!MaySpeakFor(peer, header!.Agent))
            return Refuse(peer, NackReason.WrongAgent, $"the frame is of agent '{header.Agent}', the credential of {peer}");
        if (RefusedHost(peer, HostsOf(header)) is { } host)
            return Refuse(peer, NackReason.HostNotAllowed, $"the frame brings lines of host '{host}'; the credential of {peer} allows: {peer.Credential.Hosts}");
        return null;
    }

    private async ValueTask<Verdict> StoreAsync(Append append, FrameHeader header, Action<string> hangs)
    {
        Failpoint.Hit("verified");
        catalog.Learn(header);
        PacketId id = append.Id;
        bool healed = (append.Options & AppendOptions.Healed) != 0;
        bool isNews = !healed && (append.Options & AppendOptions.BoundaryCopy) == 0;
        BucketKey bucket = BucketKey.Of(header.Bucket, header.BucketWidth);
        StoreResult result = await feed.AppendAndShowAsync(bucket, id, header, append.Frame, isNews, isNews ? CountingOf(append) : Counting.No, healed, hangs).ConfigureAwait(false);
        if (result.Outcome == StoreOutcome.Stored)
            BuckMetrics.StoredBytes.Add(append.Frame.Length);
        if (healed && result.IsHere)
            Healed(bucket, id);
        return Judge(result, header.SealedTime);
    }

    private async ValueTask<Verdict> TakeAsync(PeerIdentity peer, WireManifest message, Action<string> hangs)
    {
        ReadOnlyMemory<byte> bytes = message.Content;
        if (BlocksManifest.TryRead(bytes.Span) is not { } manifest)
            return Refuse(peer, NackReason.DamagedFrame, "the manifest is damaged or of an unknown version");
        PacketId id = Packet.IdOf(bytes.Span);
        if (id != message.Id)
            return Refuse(peer, NackReason.DamagedFrame, $"the manifest's id is {id} and not {message.Id}");
        if (!MaySpeakFor(peer, manifest.Agent))
            return Refuse(peer, NackReason.WrongAgent, $"the manifest is of agent '{manifest.Agent}', the credential of {peer}");
        if (RefusedHost(peer, HostsOf(manifest)) is { } host)
            return Refuse(peer, NackReason.HostNotAllowed, $"the manifest is of host '{host}'; the credential of {peer} allows: {peer.Credential.Hosts}");
        foreach (ManifestSource source in manifest.Sources)
            catalog.Learn(source.Descriptor);
        ulong width = (ulong)manifest.BucketSeconds * LogTime.PerSecond;
        BucketKey bucket = BucketKey.Of(manifest.Bucket, width);
        bool healed = peer.Role != Role.Agent;
        StoreResult result = await store.AppendAsync(new NewRecord(bucket, RecordType.Manifest, id, bytes) { Healed = healed, Hangs = hangs }).ConfigureAwait(false);
        if (result.Outcome == StoreOutcome.Stored)
            BuckMetrics.StoredBytes.Add(bytes.Length);
        if (healed && result.IsHere)
            Healed(bucket, id);
        return Judge(result, manifest.SealedTime);
    }

    private void Healed(BucketKey bucket, PacketId id)
    {
        if (!damage.Remove(bucket, id))
            return;
        BuckMetrics.HealedRecords.Add(1);
        BuckLog.Healed(logger, bucket.RelativePath, id);
    }

    private Verdict Judge(StoreResult result, ulong sealedTime) => result.Outcome switch
    {
        StoreOutcome.Stored or StoreOutcome.Repeat => new Verdict(result.Outcome) { Disk = result.Disk },
        StoreOutcome.DiskFull => new Verdict(result.Outcome, NackReason.DiskFull, DiskFullRetry, store.Refusal ?? "the disk is at its reserve"),
        StoreOutcome.FarFuture => new Verdict(result.Outcome, NackReason.BucketTimeOutside, default, $"the packet was sealed at {LogTime.Format(sealedTime)}, which is ahead of this buck's clock by more than it allows"),
        _ => new Verdict(result.Outcome, NackReason.DiskError, DiskFullRetry, store.Refusal ?? "writing failed"),
    };

    private Verdict Refuse(PeerIdentity peer, NackReason reason, string text)
    {
        // A broken sender repeats itself quickly; the counter has them all.
        long now = clock.GetTimestamp();
        long last = Interlocked.Read(ref lastRefusal);
        if ((last == 0 || clock.GetElapsedTime(last, now) >= RefusalLogInterval) && Interlocked.CompareExchange(ref lastRefusal, now, last) == last)
            BuckLog.Refused(logger, peer.ToString(), reason, text);
        return new Verdict(reason, text);
    }

    /// <summary>An agent only for itself; a porter heals and an operator recovers what agents have sent.</summary>
    private static bool MaySpeakFor(PeerIdentity peer, string agent) => peer.Role != Role.Agent || peer.Name == agent;

    /// <summary>
    /// The first host that is described in the header and that the sender may not speak for; null when there is none. What single lines
    /// claim is inside the block, which is not opened on the way in: the agent checks that (its counter hosts_refused).
    /// </summary>
    private static string? RefusedHost(PeerIdentity peer, IEnumerable<string> hosts) =>
        peer.Role == Role.Agent ? hosts.FirstOrDefault(host => !peer.Credential.MayClaim(host)) : null;

    private static IEnumerable<string> HostsOf(FrameHeader header) => header.Sources.Where(range => range.Descriptor is not null).Select(range => range.Descriptor!.Host);

    private static IEnumerable<string> HostsOf(BlocksManifest manifest) => manifest.Sources.Select(source => source.Descriptor.Host).Append(manifest.Host);

    private static Counting CountingOf(Append append) =>
        append.Copy != 0 ? Counting.No : (append.Options & AppendOptions.AskedBefore) != 0 ? Counting.Perhaps : Counting.Yes;

    /// <summary>Not awaited by the connection, so that the packets behind it share the sync.</summary>
    private async Task AckAfterCommitAsync(ServerConnection connection, uint correlation, Ack ack, StoreDisk disk)
    {
        try
        {
            await commit.CommitAsync(disk).ConfigureAwait(false);
            Failpoint.Hit("acknowledging");
            await connection.TrySendAsync(correlation, ack).ConfigureAwait(false);
            Failpoint.Hit("acknowledged");
        }
        catch (IOException e)
        {
            // Where another disk takes packets there is no need to stay away: the sender may come again at once.
            TimeSpan retryAfter = store.Refusal is null ? TimeSpan.Zero : DiskFullRetry;
            await connection.TrySendAsync(correlation, new Nack(ack.Id, NackReason.DiskError, retryAfter, e.Message)).ConfigureAwait(false);
        }
        finally
        {
            waits.Leave(connection);
        }
    }

    /// <summary>What is answered to a sender.</summary>
    private readonly record struct Verdict(StoreOutcome? Outcome, NackReason Reason = NackReason.None, TimeSpan RetryAfter = default, string Text = "")
    {
        /// <summary>Where it is, when it is here.</summary>
        public StoreDisk? Disk { get; init; }

        public Verdict(NackReason reason, string text)
            : this(null, reason, default, text)
        {
        }

        /// <summary>Label of the counter.</summary>
        public string Name => Outcome switch
        {
            StoreOutcome.Stored => "stored",
            StoreOutcome.Repeat => "repeat",
            _ => Reason.ToString(),
        };

        public Nack ToNack(PacketId id) => new(id, Reason, RetryAfter, Text);
    }
}
