using System.Security.Cryptography;
using Tailer.Blocks;

namespace Tailer.Reliability;

/// <summary>
/// What an archive holds of one source, hashed as it comes: what arrives out of order waits in memory. Every whole line is proven to be
/// what the writer wrote, at its place.
/// </summary>
internal sealed class HeldSource : IDisposable
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly SortedDictionary<ulong, byte[]> parked = [];
    private ulong next;

    /// <summary>Which of the writer's files it is; null while no whole line said so.</summary>
    public int? File { get; private set; }

    /// <summary>Bytes that came although they were there.</summary>
    public ulong RepeatedBytes { get; private set; }

    /// <summary>Events that are not what the writer wrote, or not where.</summary>
    public long Wrong { get; private set; }

    public void Add(WrittenLog written, ulong offset, ReadOnlySpan<byte> bytes)
    {
        Prove(written, offset, bytes);
        ulong end = offset + (ulong)bytes.Length;
        if (offset > next)
        {
            if (!parked.TryAdd(offset, bytes.ToArray()))
                RepeatedBytes += (ulong)bytes.Length;
            return;
        }
        Take(offset, end, bytes);
        while (parked.Count > 0 && parked.First() is var (from, waiting) && from <= next)
        {
            parked.Remove(from);
            Take(from, from + (ulong)waiting.Length, waiting);
        }
    }

    /// <summary>What is there.</summary>
    public Coverage Held()
    {
        var held = new Coverage([new ByteRange(0, next)]);
        foreach ((ulong from, byte[] bytes) in parked)
            held.Add(new ByteRange(from, from + (ulong)bytes.Length));
        return held;
    }

    /// <summary>SHA-256 of what is there from the beginning on without a hole, lower-case hex.</summary>
    public string Sha256() => Convert.ToHexStringLower(hash.GetCurrentHash());

    public void Dispose() => hash.Dispose();

    private void Take(ulong offset, ulong end, ReadOnlySpan<byte> bytes)
    {
        ulong known = Math.Min(next, end) - offset;
        RepeatedBytes += known;
        hash.AppendData(bytes[(int)known..]);
        next = Math.Max(next, end);
    }

    /// <summary>Parts of lines prove nothing by themselves; the hash of the whole does.</summary>
    private void Prove(WrittenLog written, ulong offset, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != LineMaker.Bytes)
        {
            Wrong += bytes.Length > LineMaker.Bytes ? 1 : 0;
            return;
        }
        if (LineMaker.NumberOf(bytes) is not { } number || number >= written.Lines)
        {
            Wrong++;
            return;
        }
        int file = written.FileOf(number);
        if ((File ??= file) != file || offset != (ulong)((number - written.Files[file].First) * LineMaker.Bytes))
            Wrong++;
    }
}
