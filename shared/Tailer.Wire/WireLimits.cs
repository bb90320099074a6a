namespace Tailer.Wire;

/// <summary>
/// All limits of the wire, each checked before memory is rented. A peer that goes over one is disconnected and counted,
/// unless said otherwise.
/// </summary>
public static class WireLimits
{
    /// <summary>Wire versions this code speaks. N and N-1 interoperate: raising Max keeps the version before it in Min.</summary>
    public const int VersionMin = 1;
    public const int VersionMax = 1;

    /// <summary>A frame or manifest (docs/formats/frame.md).</summary>
    public const int FrameBytesMax = 1 << 20;

    /// <summary>
    /// A batch of RECORDS or RESULT: whole records up to 1 MiB, or one record, which is a frame and its fields. Senders close
    /// a batch at <see cref="BatchBytes"/>.
    /// </summary>
    public const int BatchBytesMax = FrameBytesMax + 4096;

    /// <summary>Where a sender closes a batch: small enough that one of another request does not wait long behind it.</summary>
    public const int BatchBytes = 256 << 10;

    /// <summary>Batches of one stream that may be under way before its reader gives more credit.</summary>
    public const int StreamCreditBatches = 8;

    /// <summary>Packet ids in one WANT or READ: 64 KiB of them.</summary>
    public const int IdsMax = 4096;

    /// <summary>Positions in one READ.</summary>
    public const int PositionsMax = 4096;

    /// <summary>Bucket files in one BUCKETS: seven days of minutes.</summary>
    public const int BucketsMax = 10_080;

    /// <summary>Records in one RECORD_LIST.</summary>
    public const int RecordsMax = 16_384;

    /// <summary>Frames in one RESULT.</summary>
    public const int FramesMax = 4096;

    /// <summary>Query text; HTTP allows 4,096 characters, a ticket's rights and AND come on top.</summary>
    public const int QueryBytesMax = 32 << 10;

    /// <summary>Names: agents, hosts, leases, holders.</summary>
    public const int NameBytesMax = 255;

    /// <summary>Texts for people: reasons and errors; longer ones are cut by the sender.</summary>
    public const int TextBytesMax = 1024;

    /// <summary>Entries of a HEARTBEAT, and bytes of one key or value.</summary>
    public const int HeartbeatValuesMax = 64;
    public const int HeartbeatTextBytesMax = 256;

    /// <summary>
    /// Before a peer has proved who it is, it gets no more memory than this: a chain with both texts at their longest, the
    /// Noise keys and tags, and the software name.
    /// </summary>
    internal const int HandshakeMessageBytesMax = 1280;

    /// <summary>The software name in the handshake.</summary>
    internal const int SoftwareBytesMax = 64;

    /// <summary>Noise allows messages of 65,535 bytes; 16 are the tag.</summary>
    internal const int RecordPlaintextBytesMax = 65_535 - 16;

    /// <summary>Records between two rekeys of a direction.</summary>
    internal const int RecordsPerKey = 1 << 16;

    /// <summary>
    /// Plaintext waiting for the socket, per connection; another as much can be on its way. A sender that finds it full waits.
    /// Four records: beyond that larger writes no longer get cheaper, and a buffer of the pool holds just that.
    /// </summary>
    internal const int SendBufferBytesMax = 256 << 10;

    /// <summary>Requests of one client connection without a reply; more are refused locally as busy.</summary>
    internal const int PendingRequestsMax = 4096;

    /// <summary>Requests of one connection that a server works on at once; more are answered ERROR(busy).</summary>
    internal const int ConcurrentRequestsMax = 16;

    /// <summary>
    /// APPENDs of one connection that are verified together, if they have come already: twice the lanes of the hash. They are in the 256 KiB that are read
    /// at once, and again in bodies of their own.
    /// </summary>
    internal const int AppendsTogetherMax = 8;

    /// <summary>Longest body of a message of a type that this code does not know; it is skipped, not stored.</summary>
    internal const int UnknownBodyBytesMax = 4 << 20;
}
