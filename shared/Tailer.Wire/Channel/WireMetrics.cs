using System.Diagnostics.Metrics;

namespace Tailer.Wire;

/// <summary>What the wire counts, on the meter <c>Tailer.Wire</c>.</summary>
internal static class WireMetrics
{
    private static readonly Meter Meter = new("Tailer.Wire");

    private static readonly Counter<long> Handshakes =
        Meter.CreateCounter<long>("tailer.wire.handshakes", description: "Handshakes by side, outcome and credential failure.");

    private static readonly Counter<long> Disconnects =
        Meter.CreateCounter<long>("tailer.wire.disconnects", description: "Ended channels by reason.");

    private static readonly Counter<long> RefusedMessages =
        Meter.CreateCounter<long>("tailer.wire.refused.messages", description: "Messages skipped because their type is unknown or not allowed for the peer's role.");

    private static readonly Counter<long> SentBytes = Meter.CreateCounter<long>("tailer.wire.sent.bytes", "By", "Bytes written to sockets.");

    private static readonly Counter<long> ReceivedBytes = Meter.CreateCounter<long>("tailer.wire.received.bytes", "By", "Bytes read from sockets.");

    public static void Handshake(bool initiator, HandshakeResult result) => Handshakes.Add(1,
        new("side", initiator ? "initiator" : "responder"), new("outcome", result.Status.ToString()), new("credential", result.Credential.ToString()));

    public static void Disconnect(DisconnectReason reason) => Disconnects.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));

    public static void RefusedMessage(WireErrorCode why) => RefusedMessages.Add(1, new KeyValuePair<string, object?>("reason", why.ToString()));

    public static void Sent(int bytes) => SentBytes.Add(bytes);

    public static void Received(int bytes) => ReceivedBytes.Add(bytes);
}
