using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>
/// The agent's manifests, each from where the one before ended: what the next will say, and writing it. Belongs to the reading thread.
/// </summary>
internal sealed class ManifestChain(SpoolSettings settings, SpoolClock time, SpoolRecovery recovery)
{
    private ulong number;
    private bool wasDown = !recovery.FoundNothing;
    private bool stateLost = recovery.FoundNothing;

    /// <summary>Writes a record into the spool; false on a failing disk.</summary>
    public required Func<ulong, RecordType, PacketId, ReadOnlyMemory<byte>, bool> Write { get; init; }

    public ManifestDraft Draft => recovery.Draft;

    /// <summary>End of the last manifest; 0 before the first.</summary>
    public ulong To { get; private set; } = recovery.ManifestTo;

    public PacketId Last { get; private set; } = recovery.ManifestId;

    /// <summary>Nothing was said of a bucket yet, so the first manifest begins with this one.</summary>
    public void BeginAt(ulong bucket) => To = bucket;

    /// <summary>Time went back: the next manifest begins no later than this bucket, and in a new epoch.</summary>
    public void GoBack(ulong bucket)
    {
        To = Math.Min(To, bucket);
        number = 0;
    }

    /// <summary>
    /// No buck takes this manifest, because a clock far ahead made it: the next one says what it said, but for packets, which are sealed
    /// again too, and covers what it covered of the past.
    /// </summary>
    public void Restate(Manifest manifest)
    {
        stateLost |= manifest.Flags.HasFlag(ManifestFlags.StateLost);
        wasDown |= manifest.Flags.HasFlag(ManifestFlags.WasDown);
        To = Math.Min(To, manifest.CoversFrom);
        foreach (ManifestSource source in manifest.Sources)
        {
            Draft.Note(source.Descriptor);
            foreach (Skip skip in source.Skips)
            {
                if (skip.Reason == SkipReason.DroppedByRule)
                    Draft.NoteDropped(source.Descriptor, skip.From, skip.To);
                else
                    Draft.Note(source.Descriptor, skip);
            }
        }
    }

    /// <summary>The same for a part of the time that the next manifest ends.</summary>
    public bool TryWriteFirst(ulong to, EpochId epoch)
    {
        bool down = wasDown;
        bool isWritten = TryWrite(to, ManifestFlags.None, epoch);
        wasDown = down;
        return isWritten;
    }

    /// <summary>
    /// One manifest, or several parts, for everything up to <paramref name="to"/>. False on a failing disk: what is not in a manifest
    /// yet stays in the draft.
    /// </summary>
    public bool TryWrite(ulong to, ManifestFlags flags, EpochId epoch)
    {
        ulong from = To == 0 ? LogTime.Floor(Math.Min(time.Last, to - 1), settings.BucketWidth) : Math.Min(To, to);
        flags |= (wasDown ? ManifestFlags.WasDown : 0) | (stateLost ? ManifestFlags.StateLost : 0);
        do
        {
            (IReadOnlyList<PacketId> packets, IReadOnlyList<ManifestSource> sources) = Draft.FirstPart();
            var manifest = new Manifest
            {
                Agent = settings.Agent,
                Host = settings.Host,
                Epoch = epoch,
                Number = number,
                SealedTime = Math.Max(time.Last, to),
                BucketSeconds = settings.BucketSeconds,
                CoversFrom = from,
                CoversTo = to,
                Previous = Last,
                Flags = flags,
                Packets = packets,
                Sources = sources,
            };
            byte[] bytes = manifest.ToArray();
            PacketId id = Packet.IdOf(bytes);
            if (!Write(manifest.Bucket, RecordType.Manifest, id, bytes))
                return false;
            number++;
            Last = id;
            from = To = to;
            time.Advance(to);
            Draft.Remove(packets, sources);
        }
        while (!Draft.IsEmpty);
        wasDown = stateLost = false;
        return true;
    }
}
