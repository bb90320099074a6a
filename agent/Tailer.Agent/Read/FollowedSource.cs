using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Agent;

/// <summary>
/// A source the agent knows: who it is, where it is, and how far it has been read. Belongs to the reading thread.
/// </summary>
internal sealed class FollowedSource
{
    private const int TailBytesMax = SourcePosition.TailBytesMax;

    private readonly byte[] tail = new byte[TailBytesMax];
    private uint tailCrc;
    private SourcePosition? spooled;
    private SourceDescriptor? described;

    /// <summary>Where the source stood before the bytes that a rule took out and that no packet covers yet; null when there are none.</summary>
    private DroppedTail? dropped;

    public required FollowedPath Path
    {
        get;
        init
        {
            field = value;
            Rules = value.Set.Rules is { } rules ? new SourceRules(rules) : null;
            SetView(value.Set.View);
        }
    }

    /// <summary>How its bytes are read.</summary>
    public SourceView View { get; private set; }

    /// <summary>The view is to be found out from the first bytes.</summary>
    public bool IsViewOpen { get; private set; }

    /// <summary>Which lines continue a record; null when none is asked about it.</summary>
    public RecordRule? Records { get; private set; }

    /// <summary>What the last line was to its record.</summary>
    public RecordState Record { get; set; }

    /// <summary>What rules do with its lines; null where there are none.</summary>
    public SourceRules? Rules { get; private init; }

    public required FileIdentity Identity { get; init; }
    public required uint Incarnation { get; init; }
    public required SourceId Id { get; init; }
    public required SourceId Predecessor { get; init; }
    public ulong? FirstOffset { get; init; }

    /// <summary>When this incarnation began, by the file system's clock, in nanoseconds.</summary>
    public required ulong StartedNs { get; set; }

    public SourceState State { get; set; }

    /// <summary>The file it is read from: its own, or one that has the same bytes.</summary>
    public FileIdentity File { get; set; }

    /// <summary>How that file is packed.</summary>
    public Packing Packing { get; set; }

    /// <summary>It is read from a copy or an archive: nobody writes to that, and its end is the source's.</summary>
    public bool IsCopy => File != Identity || Packing != Packing.None;

    /// <summary>
    /// The greatest size of that file that was seen. When it shrinks, its content is another one; when it grew, it may be as well: only
    /// reading tells.
    /// </summary>
    public ulong FileBytes { get; set; }

    /// <summary>
    /// Its file was made longer than what is written in it. NULs there are no bytes of it yet, and <see cref="FileBytes"/> is where they begin.
    /// </summary>
    public bool EndsInHole { get; set; }

    /// <summary>Nothing more will be written: NULs that were left at its end are its bytes.</summary>
    public bool TakesHole { get; set; }

    /// <summary>Its file was found to be shorter than before, so that <see cref="FileBytes"/> is of what was there before.</summary>
    public bool HasShrunk { get; set; }

    /// <summary>Files that looked as if they had the same bytes, and had not.</summary>
    public HashSet<FileIdentity>? Refused { get; set; }

    /// <summary>Where the file was seen last; rotation changes it.</summary>
    public required string SeenAt { get; set; }

    /// <summary>A copy of it that was found and is not read yet: its name tells what came before.</summary>
    public string? RestAt { get; set; }

    /// <summary>A newer source of the same path exists.</summary>
    public bool IsReplaced { get; set; }

    /// <summary>When its name was first missed; null while it has one.</summary>
    public DateTimeOffset? GoneSince { get; set; }

    public IFileHandle? Handle { get; set; }

    /// <summary>Its file has no name and is not held open, and something of it may be left to be read elsewhere.</summary>
    public bool IsGone => GoneSince is not null && Handle is null && State != SourceState.Finished;

    /// <summary>Everything before it is in the open packet or in the spool.</summary>
    public ulong Position { get; private set; }

    /// <summary>How far the spool holds it; the checkpoint keeps this.</summary>
    public SourcePosition Spooled
    {
        get => spooled ??= SourcePosition.AtBegin(Describe());
        private set => spooled = value;
    }

    /// <summary>Checksum that the tail of a restored source must have.</summary>
    public uint TailCrc => tailCrc;

    /// <summary>Bytes known to have been there: those of the file when it was last read and found to be the same.</summary>
    public ulong KnownSize { get; set; }

    /// <summary>Bytes that are there, as far as looking without reading can tell.</summary>
    public ulong SeenBytes => IsCopy || !IsVerified ? KnownSize : Math.Max(KnownSize, FileBytes);

    /// <summary>Of a source whose file was truncated: bytes known to have been there before.</summary>
    public ulong TruncatedBytes => Math.Max(Position, HasShrunk ? SeenBytes : KnownSize);

    /// <summary>All that is known to be there was read and is in the spool.</summary>
    public bool IsSpooled => State == SourceState.Finished || (IsVerified && Spooled.Position >= Math.Max(Position, SeenBytes));

    /// <summary>Modification time for which content was compared and read to the end; 0: look at the content again.</summary>
    public ulong CheckedModifiedNs { get; set; }

    public uint Links { get; set; } = 1;

    /// <summary>When it last grew, by the agent's clock.</summary>
    public DateTimeOffset GrownAt { get; set; }

    /// <summary>The file's modification time in <see cref="LogTime"/> units.</summary>
    public ulong ModifiedTime { get; set; }

    /// <summary>Bytes of an unfinished last line, kept so that a truncation cannot take them back.</summary>
    public byte[] Pending { get; set; } = [];

    public int PrefixBytes { get; private set; }
    public ulong PrefixHash { get; private set; }

    /// <summary>Quick check of the same bytes; only valid when <see cref="IsVerified"/>.</summary>
    public uint PrefixCrc { get; private set; }

    /// <summary>No byte of it was seen: whatever is in its file now, nothing tells whether that is what was there before.</summary>
    public bool IsBlank => PrefixBytes == 0 && Position == 0;

    public int TailBytes { get; private set; }

    public ReadOnlySpan<byte> Tail => tail.AsSpan(0, TailBytes);

    /// <summary>False for a source restored from the state directory whose file was not yet compared.</summary>
    public bool IsVerified { get; set; } = true;

    /// <summary>The last event ended in the middle of a line.</summary>
    public bool IsMidLine { get; set; }

    /// <summary>Time of the last event; 0 before the first.</summary>
    public ulong LastTime { get; set; }

    /// <summary>Facts of the line in which the last event ended, for its further parts.</summary>
    public LineFacts LastFacts { get; set; }

    /// <summary>
    /// Events before this offset may have been sent before, because the state was lost; the greatest number until the file is
    /// seen.
    /// </summary>
    public ulong RepeatUntil { get; set; }

    /// <summary>The terminal mark: where the source ended for good.</summary>
    public ulong? FinalLength { get; private set; }

    /// <summary>No use to look again before this, unless a change is noticed.</summary>
    public DateTimeOffset NextLook { get; set; }

    /// <summary>In the core's list of sources with something to do.</summary>
    public bool IsActive { get; set; }

    /// <summary>What waited at the last look, 0 where that was not much. When it is more than a packet, packets may grow, because nobody sees a difference.</summary>
    public ulong BytesBehind { get; set; }

    /// <summary>In the open packet.</summary>
    public bool IsInPacket { get; set; }

    /// <summary>An open or read error was logged and not yet followed by success.</summary>
    public bool IsFailing { get; set; }

    /// <summary>Notes bytes that went into the open packet.</summary>
    public void Advance(ReadOnlySpan<byte> bytes)
    {
        Position += (ulong)bytes.Length;
        if (bytes.Length >= TailBytesMax)
        {
            // A length that the compiler knows: copied in place.
            bytes.Slice(bytes.Length - TailBytesMax, TailBytesMax).CopyTo(tail);
            TailBytes = TailBytesMax;
            return;
        }
        int kept = Math.Min(TailBytes, TailBytesMax - bytes.Length);
        tail.AsSpan(TailBytes - kept, kept).CopyTo(tail);
        bytes.CopyTo(tail.AsSpan(kept));
        TailBytes = kept + bytes.Length;
    }

    /// <summary>First of the bytes before the position that a rule took out and that no packet covers yet; null when there are none.</summary>
    public ulong? DroppedFrom => dropped is { IsOpen: true } tail ? tail.From : null;

    /// <summary>Goes past bytes that a rule took out.</summary>
    public void Drop(ReadOnlySpan<byte> bytes)
    {
        dropped ??= new DroppedTail();
        if (!dropped.IsOpen)
            dropped.Open(this);
        Advance(bytes);
    }

    /// <summary>A packet or a skip covers the bytes that were taken out.</summary>
    public void CoverDropped() => dropped?.Close();

    /// <summary>Goes to a position found in the state directory or at the end of a file; the file is compared before reading on.</summary>
    public void Restore(SourcePosition position)
    {
        Position = position.Position;
        TailBytes = position.TailBytes;
        tailCrc = position.TailCrc;
        IsMidLine = position.MidLine;
        LastTime = position.LastTime;
        Record = position.Record;
        State = position.Finished ? SourceState.Finished : SourceState.Following;
        FinalLength = position.Descriptor.FinalLength;
        SetPrefix(position.Descriptor.PrefixBytes, position.Descriptor.PrefixHash, 0);
        IsVerified = false;
        Spooled = position;
    }

    /// <summary>Everything up to the position is in the spool now, but for what a rule took out at the end.</summary>
    public void NoteSpooled() => Spooled = dropped is { IsOpen: true } tail
        ? new SourcePosition(Describe(), tail.From, tail.TailBytes, tail.TailCrc, tail.LastTime, tail.MidLine, State == SourceState.Finished, tail.Record)
        : new SourcePosition(Describe(), Position, TailBytes, Crc32C.Compute(Tail), LastTime, IsMidLine, State == SourceState.Finished, Record);

    /// <summary>Takes over the tail read from the file, its hash having been compared.</summary>
    public void SetTail(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(tail);
        TailBytes = bytes.Length;
    }

    /// <summary>Null: it is to be found out.</summary>
    public void SetView(SourceView? view)
    {
        IsViewOpen = view is null;
        SourceView now = view ?? SourceView.Utf8;
        if (now != View)
            described = null;
        View = now;
        Records = Path.Set.Records ?? (now is SourceView.DockerJson or SourceView.Cri ? RecordRule.ChunksOnly() : null);
    }

    /// <summary>What it is read from now has to be compared first.</summary>
    public void Distrust()
    {
        if (IsVerified)
            tailCrc = Crc32C.Compute(Tail);
        IsVerified = false;
    }

    public void SetPrefix(int bytes, ulong hash, uint crc)
    {
        if (bytes != PrefixBytes)
            described = null;
        bool isLonger = bytes > PrefixBytes;
        PrefixBytes = bytes;
        PrefixHash = hash;
        PrefixCrc = crc;
        // Also before anything is spooled it tells which file it was.
        if (isLonger && spooled is not null)
            spooled = spooled with { Descriptor = Describe() };
    }

    /// <summary>Nothing more comes of it; <paramref name="finalLength"/> where it is known that it ended there for good.</summary>
    public void Finish(ulong? finalLength)
    {
        FinalLength = finalLength;
        State = SourceState.Finished;
        described = null;
        Spooled = Spooled with { Descriptor = Describe(), Finished = true };
    }

    /// <summary>Takes back <see cref="Finish"/>: the file has come back.</summary>
    public void Reopen()
    {
        FinalLength = null;
        State = SourceState.Following;
        described = null;
        Spooled = Spooled with { Descriptor = Describe(), Finished = false };
    }

    public void Close()
    {
        Handle?.Dispose();
        Handle = null;
    }

    /// <summary>What <see cref="Describe"/> may take in a frame, at most.</summary>
    public int DescriptorBytesMax => 256 + Path.DescriptorBytesMax;

    public SourceDescriptor Describe() => described ??= new SourceDescriptor
    {
        Id = Id,
        Agent = Path.Agent.Name,
        Host = Path.Agent.Host,
        Path = Path.Path,
        View = View,
        App = Path.App,
        Device = Identity.Device,
        Inode = Identity.Inode,
        BirthTimeNs = Identity.BirthTimeNs,
        Incarnation = Incarnation,
        PrefixBytes = PrefixBytes,
        PrefixHash = PrefixHash,
        Predecessor = Predecessor,
        Tags = Path.Set.Tags,
        FirstOffset = FirstOffset,
        FinalLength = FinalLength,
    };
}
