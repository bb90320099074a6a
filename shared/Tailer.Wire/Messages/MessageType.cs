namespace Tailer.Wire;

/// <summary>Types of messages; the numbers are on the wire (docs/formats/messages.md, keep in sync).</summary>
public enum MessageType
{
    Append = 0x01,
    Ack = 0x02,
    Nack = 0x03,
    Manifest = 0x04,
    Heartbeat = 0x05,
    Goodbye = 0x06,
    Interest = 0x07,
    Want = 0x08,
    WantPassed = 0x09,
    ListBuckets = 0x10,
    Buckets = 0x11,
    List = 0x12,
    RecordList = 0x13,
    Read = 0x14,
    Records = 0x15,
    Prune = 0x16,
    Pruned = 0x17,
    Search = 0x20,
    Result = 0x21,
    End = 0x22,
    Lease = 0x30,
    Leased = 0x31,
    Ping = 0x40,
    Pong = 0x41,
    Cancel = 0x42,
    Credit = 0x43,
    Error = 0x7f,
}
