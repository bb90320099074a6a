using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>
/// Seals again what a clock far ahead had sealed and bucks therefore refuse: the same block under the present time, behind everything
/// else in the spool, and what its manifests say in the next manifest. Nothing is written over: the old record stays where it is, and
/// counts as delivered when the new one is in the spool. A kill in between leaves both; the porter drops what is there twice.
/// <para>
/// Bounded: <see cref="WaitingMax"/> records wait here, some 100 bytes each, and <see cref="RecordsPerRun"/> or <see cref="BytesPerRun"/>
/// are sealed at a time, so that reading goes on. Records come from the shipper's threads, the rest belongs to the reading thread.
/// </para>
/// </summary>
internal sealed class Resealer(SpoolFiles files, SpoolClock time, ManifestChain manifests, ILogger log)
{
    public const int WaitingMax = 4096;
    public const int RecordsPerRun = 1024;
    public const int BytesPerRun = 8 * 1024 * 1024;

    /// <summary>A clock that was wrong for days has sealed many; that is said now and then.</summary>
    private const ulong SayEvery = 10 * LogTime.PerSecond;

    private readonly ConcurrentQueue<(SpoolRecord Record, Action<ResealOutcome> Done)> waiting = new();
    private readonly List<Action<ResealOutcome>> restated = [];
    private Action<ResealOutcome>? unwritten;
    private int packets;
    private int saidPackets;
    private int manifestsAgain;
    private int saidManifests;
    private ulong saidAt;

    /// <summary>Writes a packet's block into the spool under the present time; false while it waits for the disk.</summary>
    public required Func<ReadOnlyMemory<byte>, bool> Write { get; init; }

    /// <summary>Nothing sealed waits for the disk.</summary>
    public required Func<bool> IsWritten { get; init; }

    /// <summary>Records sealed again by this process.</summary>
    public int Count => Volatile.Read(ref packets) + Volatile.Read(ref manifestsAgain);

    /// <summary>
    /// The record is sealed again by one of the next runs, and <paramref name="done"/> is told by the reading thread. False, and nothing
    /// done, when too many wait. Any thread.
    /// </summary>
    public bool TryAccept(SpoolRecord record, Action<ResealOutcome> done)
    {
        if (waiting.Count >= WaitingMax)
            return false;
        waiting.Enqueue((record, done));
        return true;
    }

    /// <summary>Seals some of what waits. The clock has been followed: <see cref="SpoolClock"/> shows the present.</summary>
    public void Run()
    {
        if (!IsWritten())
            return;
        Take(ref unwritten)?.Invoke(ResealOutcome.Sealed);
        SpoolCursor? cursor = null;
        long bytes = 0;
        for (int i = 0; i < RecordsPerRun && bytes < BytesPerRun && unwritten is null && waiting.TryDequeue(out (SpoolRecord Record, Action<ResealOutcome> Done) next); i++)
        {
            bytes += next.Record.BodyBytes;
            if (cursor?.Position != next.Record.Mark)
            {
                cursor?.Dispose();
                cursor = new SpoolCursor(files, next.Record.Mark, log);
            }
            if (cursor.TryNext(next.Record.Next) is { } found && found.Id == next.Record.Id)
                SealAgain(found, cursor.Body, next.Done);
            else
                next.Done(ResealOutcome.Damaged);
        }
        cursor?.Dispose();
        Say();
    }

    /// <summary>A manifest was written: what was to be said again is said.</summary>
    public void ManifestWritten()
    {
        foreach (Action<ResealOutcome> done in restated)
            done(ResealOutcome.Sealed);
        restated.Clear();
    }

    private void SealAgain(SpoolRecord record, ReadOnlyMemory<byte> body, Action<ResealOutcome> done)
    {
        Manifest? manifest = record.Type == RecordType.Manifest ? Manifest.TryRead(body.Span) : null;
        FrameHeader? header = null;
        if (manifest is null && FrameHeader.TryReadFrame(body.Span, out header) != FrameError.None)
        {
            done(ResealOutcome.Damaged);
        }
        else if (!time.IsFarAhead(manifest?.Bucket ?? header!.SealedTime))
        {
            done(ResealOutcome.NotAhead);
        }
        else if (manifest is not null)
        {
            manifests.Restate(manifest);
            manifestsAgain++;
            restated.Add(done);
        }
        else
        {
            packets++;
            if (Write(body))
                done(ResealOutcome.Sealed);
            else
                unwritten = done;
        }
    }

    private void Say()
    {
        ulong now = time.Now();
        if ((packets == saidPackets && manifestsAgain == saidManifests) || (now < saidAt + SayEvery && now >= saidAt))
            return;
        SpoolLog.SealedAgain(log, packets - saidPackets, manifestsAgain - saidManifests, LogTime.Format(now));
        (saidPackets, saidManifests, saidAt) = (packets, manifestsAgain, now);
    }

    private static Action<ResealOutcome>? Take(ref Action<ResealOutcome>? from)
    {
        Action<ResealOutcome>? taken = from;
        from = null;
        return taken;
    }
}
