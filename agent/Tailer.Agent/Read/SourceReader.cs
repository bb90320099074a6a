using Microsoft.Extensions.Logging;
using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Agent;

/// <summary>
/// Reads what is new in a source, proves that it continues what was read before, and hands its lines on. One instance serves
/// all sources of the reading thread, with one buffer.
/// </summary>
internal sealed class SourceReader(IFileTree tree, ILineSink filler, ReadOptions options, TimeProvider clock, ILogger logger)
{
    /// <summary>Read at once from one source, so that many hot files get their turns.</summary>
    private const int ChunkBytes = 256 * 1024;

    /// <summary>
    /// A file changed this recently may change again under the same time stamp (kernel stamps move in steps of up to 10 ms).
    /// </summary>
    private static readonly TimeSpan StampStep = TimeSpan.FromMilliseconds(50);

    /// <summary>Unpacked at once of what was read already, to get to the position.</summary>
    private const int SkippedBytes = 8 * 1024 * 1024;

    /// <summary>Archives unpacked at a time: each may take a window of 32 MiB. Others wait for their turn.</summary>
    private const int ArchivesMax = 2;

    /// <summary>Who writes an archive does not pause for so long.</summary>
    private static readonly TimeSpan ArchiveGrace = TimeSpan.FromSeconds(10);

    private readonly byte[] buffer = new byte[SourcePosition.TailBytesMax + Limits.EventBytesMax + ChunkBytes];
    private readonly byte[] prefix = new byte[Limits.PrefixBytesMax];

    /// <summary>Asked once a chunk, not once a line.</summary>
    private ulong now;

    public long BytesRead { get; private set; }

    public long Events { get; private set; }

    public long ReadErrors { get; private set; }

    /// <summary>Archives that could not be unpacked to their end.</summary>
    public long DamagedArchives { get; private set; }

    /// <summary>Archives held open.</summary>
    public int Archives { get; private set; }

    /// <summary>Files held open.</summary>
    public int Handles { get; private set; }

    /// <summary>Unfinished lines held, in bytes.</summary>
    public long PendingBytes { get; private set; }

    /// <summary>Takes up to one chunk.</summary>
    public ReadOutcome Read(FollowedSource source)
    {
        now = LogTime.Now(clock);
        try
        {
            if (source.Handle is null && source.Packing != Packing.None && Archives >= ArchivesMax)
                return ReadOutcome.Blocked;
            if (source.Handle is null && !TryOpen(source))
                return ReadOutcome.Failed;
            ReadOutcome outcome = source.Handle is UnpackedFile archive ? ReadArchive(source, archive) : ReadChunk(source, source.Handle!);
            source.IsFailing = false;
            return outcome;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // Renamed or deleted since it was looked at: the finder will tell.
            return ReadOutcome.Failed;
        }
        catch (InvalidDataException e)
        {
            return Damaged(source, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ReadErrors++;
            if (!source.IsFailing)
                AgentLog.ReadFailed(logger, source.SeenAt, e.Message);
            source.IsFailing = true;
            Close(source);
            return ReadOutcome.Failed;
        }
    }

    /// <summary>
    /// Opens a file that was just found, so that deletion cannot take it away before it is read, and takes its first bytes, so that it
    /// is known again after a kill. False when it is not under the name it was seen at. What does not work otherwise is tried, and
    /// reported, when it is read.
    /// </summary>
    public bool TryHold(FollowedSource source)
    {
        if (source.Handle is not null || Handles >= options.HandlesMax || source.Packing != Packing.None)
            return true;
        try
        {
            bool opened = TryOpen(source);
            if (opened && source.IsVerified)
                CheckPrefix(source, source.Handle!, source.FileBytes);
            return opened;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    /// <summary>Takes over an open file of this source. False when it is not needed; it stays the caller's then.</summary>
    public bool TryHold(FollowedSource source, IFileHandle handle)
    {
        if (source.Handle is not null || Handles >= options.HandlesMax)
            return false;
        source.Handle = handle;
        Handles++;
        return true;
    }

    /// <summary>Sends an unfinished last line as a part. False when the spool takes nothing.</summary>
    /// <param name="source">Whose.</param>
    /// <param name="isLast">Nothing more will be read of it: half a character is sent too.</param>
    public bool TryFlushPending(FollowedSource source, bool isLast = false)
    {
        if (source.IsViewOpen && source.Pending.Length > 0)
            source.SetView(source.Position == 0 ? ViewFinder.Find(source.Pending, isFinal: true) : SourceView.Utf8);
        int length = isLast ? source.Pending.Length : PendingToSend(source);
        if (length == 0)
            return true;
        now = LogTime.Now(clock);
        if (!TryEmit(source, source.Pending.AsSpan(0, length), isPart: true))
            return false;
        SetPending(source, source.Pending.AsSpan(length));
        return true;
    }

    /// <summary>
    /// Sends the record of lines that a limit keeps out, when the limit lets lines through again or nothing more will come.
    /// False when it must come later, or the spool takes nothing.
    /// </summary>
    public bool TryEndSuppression(FollowedSource source, bool isLast)
    {
        if (source.Rules is not { IsSuppressing: true } rules)
            return true;
        return (isLast || rules.IsSuppressionOver(LogTime.Now(clock))) && rules.TryEndSuppression(filler, source);
    }

    public void Close(FollowedSource source)
    {
        if (source.Handle is null)
            return;
        Archives -= source.Handle is UnpackedFile ? 1 : 0;
        source.Close();
        Handles--;
    }

    /// <summary>True when the unfinished line has been so for long, or too much is held for all sources together.</summary>
    public bool IsPendingDue(FollowedSource source) =>
        PendingBytes > options.PendingBytesMax || clock.SteadyNow() - source.GrownAt >= options.PartialDelay;

    private bool TryOpen(FollowedSource source)
    {
        IFileHandle handle = tree.Open(source.SeenAt);
        FileStatus status = handle.Status();
        if (status.Identity != source.File)
        {
            // Renamed since it was looked at: the finder will tell where it is now.
            handle.Dispose();
            return false;
        }
        Handles++;
        if (source.Packing == Packing.None)
        {
            source.Handle = handle;
            return true;
        }
        Archives++;
        source.Handle = new UnpackedFile(handle, source.Packing);
        source.ModifiedTime = status.ModifiedNs / 10;
        // It is unpacked from its beginning, in steps that end where the position is.
        source.Distrust();
        return true;
    }

    private ReadOutcome ReadArchive(FollowedSource source, UnpackedFile archive)
    {
        if (!source.IsVerified)
        {
            if (!archive.TryReach((long)source.Position, SkippedBytes))
                return ReadOutcome.More;
            if (!Verify(source, archive))
                return ReadOutcome.Refused;
            source.IsVerified = true;
        }
        int known = source.TailBytes + source.Pending.Length;
        int wanted = known + ChunkBytes;
        int read = archive.Read(buffer.AsSpan(0, wanted), (long)source.Position - source.TailBytes);
        ReadOnlySpan<byte> bytes = buffer.AsSpan(0, read);
        if (read < known || !bytes[source.TailBytes..].StartsWith(source.Pending) || !CheckPrefix(source, archive, source.Position + (ulong)(read - source.TailBytes)))
            return ReadOutcome.Refused;
        if (read > known)
            source.GrownAt = clock.SteadyNow();
        if (source.IsViewOpen)
            source.SetView(ViewFinder.Find(prefix.AsSpan(0, source.PrefixBytes), isFinal: false));
        if (!TryTakeLines(source, bytes[source.TailBytes..]))
            return ReadOutcome.Blocked;
        return read == wanted ? ReadOutcome.More : Rest(source);
    }

    /// <summary>It may be an archive that is being written: then it changed a moment ago, and is opened again.</summary>
    private ReadOutcome Damaged(FollowedSource source, string reason)
    {
        FileStatus status = source.Handle!.Status();
        Close(source);
        if (!IsLongAgo(status.ModifiedNs))
            return ReadOutcome.Failed;
        DamagedArchives++;
        AgentLog.ArchiveDamaged(logger, source.SeenAt, source.Position, reason);
        return ReadOutcome.Damaged;
    }

    private ReadOutcome ReadChunk(FollowedSource source, IFileHandle handle)
    {
        FileStatus status = handle.Status();
        if (!Note(source, status))
            return ReadOutcome.Truncated;
        if (!source.IsVerified)
        {
            if (!Verify(source, handle))
                return ReadOutcome.Truncated;
            source.IsVerified = true;
            if (source.RepeatUntil == ulong.MaxValue)
                source.RepeatUntil = (ulong)status.Size;
        }
        int known = source.TailBytes + source.Pending.Length;
        ulong end = source.Position + (ulong)source.Pending.Length;
        if ((ulong)status.Size == end && status.ModifiedNs == source.CheckedModifiedNs)
            return Rest(source);
        int wanted = known + ChunkBytes;
        long from = (long)source.Position - source.TailBytes;
        int read = handle.Read(buffer.AsSpan(0, wanted), from);
        source.EndsInHole = read > known && EndsInHole(source, handle, buffer.AsSpan(0, read), from);
        if (source.EndsInHole)
            read = Math.Max(known, WithoutNuls(buffer.AsSpan(0, read)));
        ReadOnlySpan<byte> bytes = buffer.AsSpan(0, read);
        if (read < known || !bytes.StartsWith(source.Tail) || !bytes[source.TailBytes..].StartsWith(source.Pending)
            || !CheckPrefix(source, handle, source.Position + (ulong)(read - source.TailBytes)))
            return ReadOutcome.Truncated;
        if (source.EndsInHole)
            source.FileBytes = end + (ulong)(read - known);
        source.KnownSize = Math.Max(source.KnownSize, source.FileBytes);
        if (read > known)
            source.GrownAt = clock.SteadyNow();
        if (source.IsViewOpen)
            source.SetView(ViewFinder.Find(prefix.AsSpan(0, source.PrefixBytes), isFinal: false));
        source.BytesBehind = read == wanted ? (ulong)status.Size - source.Position : 0;
        if (!TryTakeLines(source, bytes[source.TailBytes..]))
            return ReadOutcome.Blocked;
        if (read == wanted)
            return ReadOutcome.More;
        source.CheckedModifiedNs = IsSettled(status.ModifiedNs) ? status.ModifiedNs : 0;
        return Rest(source);
    }

    /// <summary>
    /// What was read ends in NULs, and nothing is written behind them yet, so that lines will be written where they are. Where something is, the bytes are read
    /// again: they may have been written after they were read.
    /// </summary>
    private static bool EndsInHole(FollowedSource source, IFileHandle handle, Span<byte> bytes, long from)
    {
        if (bytes[^1] != 0 || source.TakesHole || EndsInCharacter(source, bytes, from))
            return false;
        if (handle.EndsInHole(from + bytes.Length))
            return true;
        handle.Read(bytes, from);
        return false;
    }

    /// <summary>
    /// Its last NUL is half of a character. Asked first, because what was just written to a file is for some moments, while it goes to the disk, allocated
    /// and not written, and its last line would wait for the next look.
    /// </summary>
    private static bool EndsInCharacter(FollowedSource source, ReadOnlySpan<byte> bytes, long from) =>
        source.View == SourceView.Utf16Le && bytes is [.., not 0, _] && (from + bytes.Length) % 2 == 0;

    private static int WithoutNuls(ReadOnlySpan<byte> bytes) => bytes.LastIndexOfAnyExcept((byte)0) + 1;

    private static ReadOutcome Rest(FollowedSource source) => PendingToSend(source) > 0 ? ReadOutcome.Unfinished : ReadOutcome.AtEnd;

    /// <summary>How much of the unfinished line may be sent: no half of a character, nor of a byte order mark.</summary>
    private static int PendingToSend(FollowedSource source) => source.View switch
    {
        SourceView.Utf16Le or SourceView.Utf16Be => Utf16Lines.WholeUnits(source.Pending, source.Position, source.View == SourceView.Utf16Be),
        _ when source.IsViewOpen && source.Pending is [0xFE] or [0xFF] => 0,
        _ => source.Pending.Length,
    };

    /// <summary>False when the file shrank.</summary>
    private static bool Note(FollowedSource source, FileStatus status)
    {
        source.HasShrunk = (ulong)status.Size < source.FileBytes || (ulong)status.Size < source.Position;
        if (source.HasShrunk)
            return false;
        source.FileBytes = (ulong)status.Size;
        source.Links = status.Links;
        source.ModifiedTime = status.ModifiedNs / 10;
        return true;
    }

    /// <summary>Compares a restored source with its file: the first bytes, and those before the position.</summary>
    private bool Verify(FollowedSource source, IFileHandle handle)
    {
        if (source.PrefixBytes > 0)
        {
            Span<byte> start = prefix.AsSpan(0, source.PrefixBytes);
            if (handle.Read(start, 0) < start.Length || SourceDescriptor.HashPrefix(start) != source.PrefixHash)
                return false;
            source.SetPrefix(source.PrefixBytes, source.PrefixHash, Crc32C.Compute(start));
        }
        Span<byte> tail = prefix.AsSpan(0, source.TailBytes);
        if (tail.IsEmpty)
            return true;
        if (handle.Read(tail, (long)source.Position - tail.Length) < tail.Length || Crc32C.Compute(tail) != source.TailCrc)
            return false;
        source.SetTail(tail);
        return true;
    }

    /// <summary>
    /// Compares the first bytes again, after the new ones were read: whatever was truncated before or during that read shows
    /// here. Takes up to 4 KiB of them as they come.
    /// </summary>
    private bool CheckPrefix(FollowedSource source, IFileHandle handle, ulong available)
    {
        Span<byte> start = prefix.AsSpan(0, (int)Math.Min(available, Limits.PrefixBytesMax));
        if (start.Length < source.PrefixBytes || handle.Read(start, 0) < start.Length)
            return false;
        if (source.PrefixBytes > 0 && Crc32C.Compute(start[..source.PrefixBytes]) != source.PrefixCrc)
            return false;
        if (start.Length > source.PrefixBytes)
            TakePrefix(source, handle, start);
        return true;
    }

    /// <summary>What is not written yet is no prefix.</summary>
    private static void TakePrefix(FollowedSource source, IFileHandle handle, Span<byte> start)
    {
        if (EndsInHole(source, handle, start, from: 0))
            start = start[..WithoutNuls(start)];
        if (start.Length > source.PrefixBytes)
            source.SetPrefix(start.Length, SourceDescriptor.HashPrefix(start), Crc32C.Compute(start));
    }

    /// <summary>Hands on whole lines and full parts, keeps the unfinished rest. False when the spool takes nothing.</summary>
    private bool TryTakeLines(FollowedSource source, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && TryNext(source, bytes, out int length, out bool isPart))
        {
            if (!TryEmit(source, bytes[..length], isPart))
                return false;
            if (source.Pending.Length > 0)
                SetPending(source, default);
            bytes = bytes[length..];
        }
        SetPending(source, bytes);
        return true;
    }

    private static bool TryNext(FollowedSource source, ReadOnlySpan<byte> bytes, out int length, out bool isPart) => source.View switch
    {
        SourceView.Utf16Le => Utf16Lines.TryNext(bytes, source.Position, bigEndian: false, out length, out isPart),
        SourceView.Utf16Be => Utf16Lines.TryNext(bytes, source.Position, bigEndian: true, out length, out isPart),
        _ => LineSplitter.TryNext(bytes, out length, out isPart),
    };

    private bool TryEmit(FollowedSource source, ReadOnlySpan<byte> bytes, bool isPart)
    {
        // What is read goes straight into its place: a copy of what was just written would wait for that.
        LineFacts facts;
        if (source.IsMidLine)
            facts = source.LastFacts with { Time = 0 };
        else
            facts = source.Path.Parser.Read(source.View, bytes, source.ModifiedTime == 0 ? now : source.ModifiedTime, now, source.LastTime);
        RecordState record = source.Record;
        bool continues = source.IsMidLine || (source.Records is { } records && records.Continues(source.View, record, bytes, out record));
        EventFlags flags = (continues ? EventFlags.Continues : EventFlags.None)
            | (isPart ? EventFlags.Partial : EventFlags.None)
            | (facts.Time == 0 ? EventFlags.TimeInherited : EventFlags.None);
        ulong time = facts.Time != 0 ? facts.Time : source.LastTime != 0 ? source.LastTime : source.ModifiedTime != 0 ? source.ModifiedTime : now;
        bool isTaken = source.Rules is { } rules
            ? rules.TryPass(filler, source, bytes, time, flags, facts, now)
            : filler.TryAdd(source, bytes, time, flags, facts);
        if (!isTaken)
            return false;
        source.LastTime = time;
        // Asked only in the middle of a line.
        if (isPart)
            source.LastFacts = facts;
        source.IsMidLine = isPart;
        source.Record = record;
        BytesRead += bytes.Length;
        Events++;
        return true;
    }

    private void SetPending(FollowedSource source, ReadOnlySpan<byte> bytes)
    {
        PendingBytes += bytes.Length - source.Pending.Length;
        if (bytes.Length != source.Pending.Length || !bytes.SequenceEqual(source.Pending))
            source.Pending = bytes.IsEmpty ? [] : bytes.ToArray();
    }

    private bool IsLongAgo(ulong modifiedNs)
    {
        ulong now = tree.NowNs, writing = (ulong)ArchiveGrace.TotalNanoseconds;
        return modifiedNs + writing < now || modifiedNs > now + writing;
    }

    private bool IsSettled(ulong modifiedNs) => tree.NowNs > modifiedNs + (ulong)StampStep.TotalNanoseconds;
}
