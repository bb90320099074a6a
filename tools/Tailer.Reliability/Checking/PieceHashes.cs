using System.Security.Cryptography;

namespace Tailer.Reliability;

/// <summary>A stream that is told the lengths of the pieces it will get one after the other, and hashes each by itself.</summary>
internal sealed class PieceHashes(IReadOnlyList<long> lengths) : Stream
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly List<string> hashes = [];
    private long taken;

    /// <summary>SHA-256 of each piece that came whole, lower-case hex.</summary>
    public IReadOnlyList<string> Hashes => hashes;

    /// <summary>Bytes that came behind the last piece.</summary>
    public long Surplus { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            if (hashes.Count == lengths.Count)
            {
                Surplus += buffer.Length;
                return;
            }
            int part = (int)Math.Min(buffer.Length, lengths[hashes.Count] - taken);
            hash.AppendData(buffer[..part]);
            taken += part;
            buffer = buffer[part..];
            if (taken < lengths[hashes.Count])
                continue;
            hashes.Add(Convert.ToHexStringLower(hash.GetHashAndReset()));
            taken = 0;
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        hash.Dispose();
        base.Dispose(disposing);
    }
}
