using System.Buffers.Binary;
using Tailer.Blocks;
using Tailer.Wire.Noise;

namespace Tailer.Wire;

/// <summary>
/// Sets up a channel over a stream: hellos, three Noise messages that carry the credentials, the responder's verdict.
/// The steps and their bytes are in docs/formats/messages.md (keep in sync).
/// </summary>
internal sealed class Handshake(Stream stream, CredentialFile own, EnvironmentTrust trust, ChannelOptions options, string peerName, CancellationToken token)
{
    /// <summary>In place of a Noise message: two bytes, a reason and a credential failure. Not proved, so only a hint.</summary>
    private const int AlertBytes = 2;

    private const int VerdictBytesMax = 512;

    private readonly byte[] buffer = new byte[WireLimits.HandshakeMessageBytesMax];

    public async Task<SecureChannel> InitiateAsync(Role expectedRole)
    {
        var mine = new Hello((byte)options.VersionMin, (byte)options.VersionMax, HelloStatus.Ok, 0, own.Environment);
        await stream.WriteAsync(mine.ToBytes(), token);
        Hello theirs = await ReadHelloAsync();
        CheckAnswer(theirs);
        using var noise = new HandshakeState(true, [.. mine.ToBytes(), .. theirs.ToBytes()], own.ChannelSecret);
        await WriteMessageAsync(noise, []);
        HandshakePayload peer = await ReadPayloadAsync(noise);
        CredentialFailure failure = Judge(peer, noise.RemoteStatic, expectedRole.Set());
        if (failure != CredentialFailure.None)
        {
            await AlertAsync(failure);
            throw Refused(peer.Chain.Credential, failure);
        }
        await WriteMessageAsync(noise, HandshakePayload.Write(own.Chain, options.Software));
        (CipherState send, CipherState receive) = noise.Split();
        var reader = new RecordReader(stream, receive, options);
        try
        {
            await ReadVerdictAsync(reader);
        }
        catch
        {
            // Not the reader: a read that was given up may still write into its buffer.
            send.Dispose();
            receive.Dispose();
            throw;
        }
        return new SecureChannel(stream, send, reader, new PeerIdentity(peer.Chain, peer.Software), own, theirs.Version, options);
    }

    public async Task<SecureChannel> RespondAsync(RoleSet allowedRoles, bool busy)
    {
        Hello theirs = await ReadHelloAsync();
        HelloStatus status = Answer(theirs, busy, out int version);
        var mine = new Hello((byte)options.VersionMin, (byte)options.VersionMax, status, (byte)version, own.Environment);
        await stream.WriteAsync(mine.ToBytes(), token);
        if (status != HelloStatus.Ok)
            throw Declined(status, theirs);
        using var noise = new HandshakeState(false, [.. theirs.ToBytes(), .. mine.ToBytes()], own.ChannelSecret);
        await ReadMessageAsync(noise);
        await WriteMessageAsync(noise, HandshakePayload.Write(own.Chain, options.Software));
        HandshakePayload peer = await ReadPayloadAsync(noise);
        CredentialFailure failure = Judge(peer, noise.RemoteStatic, allowedRoles);
        (CipherState send, CipherState receive) = noise.Split();
        await WriteVerdictAsync(send, failure, peer.Chain.Credential);
        if (failure != CredentialFailure.None)
        {
            send.Dispose();
            receive.Dispose();
            throw Refused(peer.Chain.Credential, failure);
        }
        var reader = new RecordReader(stream, receive, options);
        return new SecureChannel(stream, send, reader, new PeerIdentity(peer.Chain, peer.Software), own, version, options);
    }

    private HelloStatus Answer(Hello theirs, bool busy, out int version)
    {
        version = Math.Min(theirs.VersionMax, options.VersionMax);
        if (theirs.Environment != own.Environment)
            return HelloStatus.OtherEnvironment;
        if (version < Math.Max(theirs.VersionMin, options.VersionMin))
            return HelloStatus.NoCommonVersion;
        return busy ? HelloStatus.Busy : HelloStatus.Ok;
    }

    private HandshakeFailedException Declined(HelloStatus status, Hello theirs) => status switch
    {
        HelloStatus.OtherEnvironment => Failed(HandshakeStatus.OtherEnvironment,
            $"{peerName} belongs to environment {theirs.Environment}, this process to {own.Environment}"),
        HelloStatus.NoCommonVersion => Failed(HandshakeStatus.NoCommonVersion,
            $"{peerName} speaks wire versions {theirs.VersionMin} to {theirs.VersionMax}, this process {options.VersionMin} to {options.VersionMax}; update the older one"),
        _ => Failed(HandshakeStatus.Busy, $"{peerName} was turned away: this process has all the connections it takes"),
    };

    private void CheckAnswer(Hello theirs)
    {
        if (theirs.Environment != own.Environment || theirs.Status == HelloStatus.OtherEnvironment)
            throw Failed(HandshakeStatus.OtherEnvironment,
                $"{peerName} belongs to environment {theirs.Environment}, this credential to {own.Environment}; check `credential:` and the address");
        if (theirs.Status == HelloStatus.NoCommonVersion || theirs.Version < options.VersionMin || theirs.Version > options.VersionMax)
            throw Failed(HandshakeStatus.NoCommonVersion,
                $"{peerName} speaks wire versions {theirs.VersionMin} to {theirs.VersionMax}, this process {options.VersionMin} to {options.VersionMax}; update the older one");
        if (theirs.Status != HelloStatus.Ok)
            throw Failed(HandshakeStatus.Busy, $"{peerName} takes no more connections now; it is tried again later");
    }

    private CredentialFailure Judge(HandshakePayload peer, ReadOnlySpan<byte> provedKey, RoleSet roles)
    {
        CredentialFailure failure = trust.Verify(peer.Chain, LogTime.Now(options.Clock));
        if (failure != CredentialFailure.None)
            return failure;
        if (!peer.Chain.Credential.ChannelKey.Span.SequenceEqual(provedKey))
            return CredentialFailure.KeyMismatch;
        return roles.Contains(peer.Chain.Credential.Role) ? CredentialFailure.None : CredentialFailure.RoleNotAllowed;
    }

    private async Task<Hello> ReadHelloAsync()
    {
        byte[] bytes = new byte[Hello.Bytes];
        await ReadExactAsync(bytes);
        return Hello.TryRead(bytes, out Hello hello)
            ? hello
            : throw Failed(HandshakeStatus.NotTailer, $"{peerName} does not speak Tailer's protocol; check the address and port");
    }

    private async Task WriteMessageAsync(HandshakeState noise, byte[] payload)
    {
        if (!noise.TryWriteMessage(payload, buffer.AsSpan(2), out int written))
            throw Failed(HandshakeStatus.Tampered, $"{peerName} sent a key that no honest peer would; the connection is closed");
        BinaryPrimitives.WriteUInt16LittleEndian(buffer, (ushort)written);
        await stream.WriteAsync(buffer.AsMemory(0, 2 + written), token);
    }

    /// <summary>Reads one message of the handshake and returns its payload.</summary>
    private async Task<byte[]> ReadMessageAsync(HandshakeState noise)
    {
        await ReadExactAsync(buffer.AsMemory(0, 2));
        int count = BinaryPrimitives.ReadUInt16LittleEndian(buffer);
        if (count > buffer.Length)
            throw Failed(HandshakeStatus.Malformed, $"{peerName} sent a handshake message of {count} bytes, more than any can have");
        await ReadExactAsync(buffer.AsMemory(0, count));
        if (count == AlertBytes)
            throw RefusedByPeer((CredentialFailure)buffer[1], "");
        byte[] payload = new byte[count];
        if (!noise.TryReadMessage(buffer.AsSpan(0, count), payload, out int payloadBytes))
            throw Failed(HandshakeStatus.Tampered, $"the handshake with {peerName} was altered on the way, or it does not hold the key it claims");
        return payload[..payloadBytes];
    }

    private async Task<HandshakePayload> ReadPayloadAsync(HandshakeState noise) =>
        HandshakePayload.Read(await ReadMessageAsync(noise))
        ?? throw Failed(HandshakeStatus.Malformed, $"{peerName} sent no credential that can be read");

    private async Task AlertAsync(CredentialFailure failure)
    {
        byte[] alert = [AlertBytes, 0, 1, (byte)failure];
        await stream.WriteAsync(alert, token);
    }

    private async Task WriteVerdictAsync(CipherState send, CredentialFailure failure, Credential peer)
    {
        using var writer = new ByteWriter(VerdictBytesMax);
        writer.U16(0);
        writer.U8((byte)failure);
        writer.Text(failure == CredentialFailure.None ? "" : WireText.Cut(Explain(peer, failure), 256));
        int plaintext = writer.Length - 2;
        byte[] record = new byte[writer.Length + send.Overhead];
        writer.Written.CopyTo(record);
        send.Encrypt(default, record.AsSpan(2, plaintext), record.AsSpan(2));
        send.RekeyWhenDue(options.RecordsPerKey);
        BinaryPrimitives.WriteUInt16LittleEndian(record, (ushort)(record.Length - 2));
        await stream.WriteAsync(record, token);
    }

    private async Task ReadVerdictAsync(RecordReader reader)
    {
        (DisconnectReason reason, byte[] plaintext) = await reader.ReadRecordAsync(VerdictBytesMax).AsTask().WaitAsync(token);
        if (reason == DisconnectReason.Tampered)
            throw Failed(HandshakeStatus.Tampered, $"the handshake with {peerName} was altered on the way");
        if (reason != DisconnectReason.None)
            throw Failed(HandshakeStatus.Disconnected, $"{peerName} closed the connection in the middle of the handshake");
        (bool failed, CredentialFailure verdict, string text) = ParseVerdict(plaintext);
        if (failed)
            throw Failed(HandshakeStatus.Malformed, $"{peerName} sent no verdict that can be read");
        if (verdict != CredentialFailure.None)
            throw RefusedByPeer(verdict, text);
    }

    private static (bool Failed, CredentialFailure Verdict, string Text) ParseVerdict(ReadOnlySpan<byte> plaintext)
    {
        var parser = new SpanReader(plaintext);
        var verdict = (CredentialFailure)parser.U8();
        string text = parser.Text(VerdictBytesMax);
        return (parser.Failed, verdict, text);
    }

    private async Task ReadExactAsync(Memory<byte> destination)
    {
        if (await stream.ReadAtLeastAsync(destination, destination.Length, throwOnEndOfStream: false, token) < destination.Length)
            throw Failed(HandshakeStatus.Disconnected, $"{peerName} closed the connection in the middle of the handshake");
        // What is read is proved here.
        if (SocketThreads.AreWatching)
            await Task.Yield();
    }

    private HandshakeFailedException Refused(Credential peer, CredentialFailure failure) =>
        Failed(HandshakeStatus.PeerRefused, $"{peerName} was refused: {Explain(peer, failure)}", failure);

    private HandshakeFailedException RefusedByPeer(CredentialFailure failure, string text) =>
        Failed(HandshakeStatus.RefusedByPeer,
            $"{peerName} refused this credential: {(text.Length > 0 ? text : Explain(own.Credential, failure))}; check `credential:`", failure);

    private static string Explain(Credential credential, CredentialFailure failure)
    {
        string who = $"{credential.Role.Word()} {credential.Name} (serial {credential.Serial})";
        return failure switch
        {
            CredentialFailure.Expired => $"the credential of {who} expired at {LogTime.Format(credential.NotAfter)}",
            CredentialFailure.NotYetValid => $"the credential of {who} is valid only from {LogTime.Format(credential.NotBefore)}; check both clocks",
            CredentialFailure.Revoked => $"the credential of {who} is revoked",
            CredentialFailure.RoleNotAllowed => $"the credential of {who} has a role that is not accepted here",
            CredentialFailure.KeyMismatch => $"the credential of {who} belongs to another key",
            _ => $"the credential of {who} is not good: {failure}",
        };
    }

    private static HandshakeFailedException Failed(HandshakeStatus status, string text, CredentialFailure credential = CredentialFailure.None) =>
        new(new HandshakeResult(status, null, credential, text));
}
