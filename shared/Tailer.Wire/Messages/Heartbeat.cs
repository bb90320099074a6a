using Tailer.Blocks;

namespace Tailer.Wire;

/// <summary>
/// HEARTBEAT: an agent's counters, for the status page and alarms. Not answered. Keys that a reader does not know are kept
/// and shown, so that newer agents can say more.
/// </summary>
/// <param name="Sent">The agent's clock, 10^-8 s since 1970.</param>
public sealed record Heartbeat(ulong Sent, IReadOnlyDictionary<string, string> Values) : IWireMessage<Heartbeat>
{
    private const byte Version = 1;

    public static MessageType Type => MessageType.Heartbeat;

    public void WriteHead(ByteWriter writer)
    {
        if (Values.Count > WireLimits.HeartbeatValuesMax)
            throw new ArgumentException($"a heartbeat has at most {WireLimits.HeartbeatValuesMax} values, not {Values.Count}", nameof(writer));
        writer.U8(Version);
        writer.U64(Sent);
        writer.Varint((ulong)Values.Count);
        foreach ((string key, string value) in Values)
        {
            writer.Text(WireText.Cut(key, WireLimits.HeartbeatTextBytesMax));
            writer.Text(WireText.Cut(value, WireLimits.HeartbeatTextBytesMax));
        }
    }

    public static Heartbeat? Read(ReadOnlyMemory<byte> body)
    {
        var reader = new SpanReader(body.Span);
        byte version = reader.U8();
        ulong sent = reader.U64();
        int count = reader.Count(WireLimits.HeartbeatValuesMax);
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            string key = reader.Text(WireLimits.HeartbeatTextBytesMax);
            values[key] = reader.Text(WireLimits.HeartbeatTextBytesMax);
        }
        return reader.Failed || version != Version ? null : new Heartbeat(sent, values);
    }
}
