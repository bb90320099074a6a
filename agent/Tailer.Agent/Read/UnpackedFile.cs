using System.IO.Compression;
using Tailer.Blocks;
using Tailer.Blocks.Native;
using Tailer.Disk;

namespace Tailer.Agent;

/// <summary>
/// An archive read as the file that was packed into it: offsets are those of the unpacked bytes. It is unpacked once, from the
/// beginning on; besides the first bytes and the last window nothing of it is kept. Throws <see cref="InvalidDataException"/> where
/// it is damaged, or ends before it should. Owns the file it reads.
/// </summary>
internal sealed class UnpackedFile : IFileHandle
{
    /// <summary>A frame that asks for more memory than 32 MiB is not unpacked; zstd's levels up to 19 ask for 8 MiB.</summary>
    public const int WindowLogMax = 25;

    /// <summary>More than is ever asked for at once.</summary>
    private const int WindowBytes = 512 * 1024;

    /// <summary>Of most archives only the first bytes are asked for, to compare them.</summary>
    private const int WindowBytesFirst = 64 * 1024;

    private const int PackedBytes = 64 * 1024;

    /// <summary>
    /// .NET does not say when a gzip file ends too soon, so that one more member is put behind it: what comes out of that shows that
    /// the one before was whole.
    /// </summary>
    private static readonly byte[] Mark = "the end\n"u8.ToArray();

    private static readonly byte[] PackedMark = Pack(Mark);

    private readonly IFileHandle file;
    private readonly GZipStream? gzip;
    private readonly PackedInput input;
    private readonly ZstdDecoder? zstd;
    private readonly byte[] packed = [];
    private readonly byte[] start = new byte[Limits.PrefixBytesMax];
    private byte[] window = new byte[WindowBytesFirst];
    private int startBytes;
    private int windowBytes;
    private int packedFrom;
    private int packedTo;

    public UnpackedFile(IFileHandle file, Packing packing)
    {
        this.file = file;
        input = new PackedInput(file, packing == Packing.Gzip ? PackedMark : default);
        if (packing == Packing.Gzip)
        {
            gzip = new GZipStream(input, CompressionMode.Decompress, leaveOpen: true);
            return;
        }
        zstd = new ZstdDecoder(WindowLogMax);
        packed = new byte[PackedBytes];
    }

    public string? Name => file.Name;

    /// <summary>Bytes unpacked so far.</summary>
    public long Reached { get; private set; }

    /// <summary>All of it was unpacked.</summary>
    public bool AtEnd { get; private set; }

    /// <summary>Of the archive.</summary>
    public FileStatus Status() => file.Status();

    /// <summary>Unpacks up to an offset, or as many bytes as given in this call. True when it is there, or at the end.</summary>
    public bool TryReach(long offset, int most)
    {
        long until = Reached + most;
        while (Reached < offset && Reached < until && !AtEnd)
        {
            if (windowBytes == WindowBytes)
                Drop(windowBytes - Limits.PrefixBytesMax);
            Unpack((int)Math.Min(WindowBytes - windowBytes, Math.Min(offset, until) - Reached));
        }
        return Reached >= offset || AtEnd;
    }

    public int Read(Span<byte> into, long offset)
    {
        if (offset + into.Length <= startBytes)
        {
            start.AsSpan((int)offset, into.Length).CopyTo(into);
            return into.Length;
        }
        if (offset < Reached - windowBytes)
            throw new InvalidOperationException($"bytes from {offset} on were let go, {Reached} are unpacked");
        ArgumentOutOfRangeException.ThrowIfGreaterThan(into.Length, WindowBytes);
        TryReach(offset, int.MaxValue);
        Drop((int)Math.Max(0, offset + into.Length - (Reached - windowBytes) - WindowBytes));
        while (Reached < offset + into.Length && !AtEnd)
            Unpack((int)Math.Min(WindowBytes - windowBytes, Math.Max(WindowBytesFirst, offset + into.Length - Reached)));
        int from = (int)(offset - (Reached - windowBytes));
        int count = Math.Clamp(windowBytes - from, 0, into.Length);
        window.AsSpan(Math.Min(from, windowBytes), count).CopyTo(into);
        return count;
    }

    public void Dispose()
    {
        gzip?.Dispose();
        zstd?.Dispose();
        file.Dispose();
    }

    /// <summary>Whether a file of this name is an archive, and of which kind.</summary>
    public static Packing PackingOf(ReadOnlySpan<char> name) =>
        name.EndsWith(".gz") ? Packing.Gzip : name.EndsWith(".zst") ? Packing.Zstd : Packing.None;

    private static byte[] Pack(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            stream.Write(bytes);
        return packed.ToArray();
    }

    private void Drop(int bytes)
    {
        window.AsSpan(bytes, windowBytes - bytes).CopyTo(window);
        windowBytes -= bytes;
    }

    private void Unpack(int most)
    {
        if (window.Length < windowBytes + most)
            Array.Resize(ref window, Math.Min(WindowBytes, Math.Max(windowBytes + most, 2 * window.Length)));
        Span<byte> into = window.AsSpan(windowBytes, most);
        int count = gzip is null ? UnpackZstd(into) : UnpackGzip(into);
        if (count == 0)
        {
            AtEnd = true;
            return;
        }
        int first = (int)Math.Clamp(start.Length - Reached, 0, count);
        into[..first].CopyTo(start.AsSpan(startBytes));
        startBytes += first;
        windowBytes += count;
        Reached += count;
    }

    private int UnpackGzip(Span<byte> into)
    {
        int count = gzip!.Read(into);
        if (!input.IsAtMark)
            return count;
        Span<byte> last = stackalloc byte[Mark.Length + 1];
        int lastBytes = Math.Min(count, last.Length);
        into[..lastBytes].CopyTo(last);
        while (lastBytes < last.Length && count > 0)
            lastBytes += count = gzip.Read(last[lastBytes..]);
        return input.Position > 0 && last[..lastBytes].SequenceEqual(Mark) ? 0 : throw new InvalidDataException("the archive ends before it should");
    }

    private int UnpackZstd(Span<byte> into)
    {
        while (true)
        {
            if (packedFrom == packedTo)
                (packedFrom, packedTo) = (0, input.Read(packed));
            if (!zstd!.TryDecode(packed.AsSpan(packedFrom, packedTo - packedFrom), into, out int taken, out int written, out string error))
                throw new InvalidDataException(error);
            packedFrom += taken;
            if (written > 0)
                return written;
            if (packedTo == 0)
                return zstd.IsBetweenFrames && input.Position > 0 ? 0 : throw new InvalidDataException("the archive ends before it should");
        }
    }
}
