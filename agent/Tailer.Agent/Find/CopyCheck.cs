using System.Buffers.Binary;
using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Agent;

/// <summary>
/// Compares files with sources. Where a source's own file is still there, with that, which proves what a copy is; else with what is
/// remembered: the hash of the first bytes, that of the last ones read, lengths. Exceptions are those of reading. One file at a time:
/// <see cref="TryReadHead"/> first.
/// </summary>
internal sealed class CopyCheck(IFileTree tree)
{
    /// <summary>Header and trailer.</summary>
    private const int GzipBytesMin = 18;

    private readonly byte[] head = new byte[Limits.PrefixBytesMax];
    private readonly byte[] other = new byte[Limits.PrefixBytesMax];
    private readonly byte[] mine = new byte[Limits.PrefixBytesMax];
    private int headBytes;

    /// <summary>Takes the first bytes of the file that is compared; false when it has none.</summary>
    public bool TryReadHead(IFileHandle file)
    {
        headBytes = file.Read(head, 0);
        return headBytes > 0;
    }

    /// <summary>The file has the source's bytes, as many as it has.</summary>
    public bool IsCopyOf(FollowedSource source, RotatedFile file, IFileHandle handle)
    {
        // What is in a copy of it is in others too, though they may have more.
        if (TryCompareWithOriginal(source, file, handle) is { } same && (same || !source.IsCopy))
            return same;
        if (!StartsAlike(source.PrefixBytes, source.PrefixHash))
            return false;
        if (file.Packing != Packing.None)
            return source.State != SourceState.Finished || LengthOf(file) is not { } packed || packed == (uint)source.Position;
        ulong bytes = (ulong)file.Status.Size;
        return source.State == SourceState.Finished ? bytes == source.Position : bytes >= source.Position && EndsAlike(source, handle);
    }

    /// <summary>The same for a source that has ended, of which only little is remembered.</summary>
    public bool IsCopyOf(EndedSource ended, RotatedFile file)
    {
        if (!StartsAlike(ended.PrefixBytes, ended.PrefixHash))
            return false;
        if (file.Packing != Packing.None)
            return LengthOf(file) is not { } packed || packed == (uint)ended.Bytes || (ended.TruncatedNs != 0 && packed < ended.Bytes && file.StartedNs <= ended.TruncatedNs);
        ulong bytes = (ulong)file.Status.Size;
        // What was appended between copying and truncating is not in the copy.
        return bytes == ended.Bytes || (bytes < ended.Bytes && file.Status.StartedNs <= ended.TruncatedNs);
    }

    /// <summary>The file has what was read of the source, and more.</summary>
    public bool Continues(FollowedSource source, RotatedFile file, IFileHandle handle)
    {
        if (!StartsAlike(source.PrefixBytes, source.PrefixHash))
            return false;
        if (file.Packing != Packing.None)
            return LengthOf(file) is not { } packed || packed != (uint)source.Position;
        return (ulong)file.Status.Size > source.Position && EndsAlike(source, handle);
    }

    /// <summary>The file under this name begins with all the bytes of the one that is compared.</summary>
    public bool IsStartOf(string place, RotatedFile file, IFileHandle handle)
    {
        using IFileHandle original = tree.Open(place);
        return file.Packing == Packing.None ? HasBytesOf(original, file, handle) : IsAlike(original, handle, 0, headBytes);
    }

    /// <summary>The source's file was truncated, and begins with all the bytes of the one that is compared.</summary>
    public bool IsStartOfTruncated(FollowedSource source, RotatedFile file, IFileHandle handle)
    {
        if (source.IsCopy || source.File == file.Identity || (source.Handle is null && source.GoneSince is not null))
            return false;
        return OfOriginal(source, (original, status) => !IsUntruncated(source, original, status)
            && (file.Packing == Packing.None ? file.Status.Size <= status.Size && HasBytesOf(original, file, handle) : IsAlike(original, handle, 0, headBytes))) == true;
    }

    private bool IsUntruncated(FollowedSource source, IFileHandle original, in FileStatus status) =>
        source.PrefixBytes > 0 && (ulong)status.Size >= Math.Max(source.FileBytes, source.Position) && IsIntact(source, original);

    /// <summary>With the source's own file, or the copy it is read from; null when that is not there, or is not any more what it was.</summary>
    private bool? TryCompareWithOriginal(FollowedSource source, RotatedFile file, IFileHandle handle)
    {
        if (source.Packing != Packing.None || source.State == SourceState.Finished)
            return null;
        return OfOriginal(source, (original, status) =>
        {
            if ((ulong)status.Size < source.FileBytes || (ulong)status.Size < source.Position || !IsIntact(source, original))
                return null;
            if (file.Packing != Packing.None)
                return (LengthOf(file) is not { } packed || packed <= status.Size || status.Size > uint.MaxValue) && IsAlike(original, handle, 0, headBytes);
            return file.Status.Size <= status.Size && HasBytesOf(original, file, handle);
        });
    }

    /// <summary>Asks the source's own file, held open or under the name it had; null when it is not there any more or cannot be read.</summary>
    private bool? OfOriginal(FollowedSource source, Func<IFileHandle, FileStatus, bool?> ask)
    {
        IFileHandle? opened = null;
        try
        {
            IFileHandle original = source.Handle ?? (opened = tree.Open(source.SeenAt));
            FileStatus status = original.Status();
            return status.Identity == source.File ? ask(original, status) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
        finally
        {
            opened?.Dispose();
        }
    }

    /// <summary>The source's file is there, under the name it had, and has what was read of it.</summary>
    public bool IsInPlace(FollowedSource source)
    {
        if (source.IsCopy || source.PrefixBytes == 0)
            return false;
        try
        {
            using IFileHandle original = tree.Open(source.SeenAt);
            FileStatus status = original.Status();
            return status.Identity == source.File && IsUntruncated(source, original, status);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>The file of the source was not truncated since it was read last.</summary>
    private bool IsIntact(FollowedSource source, IFileHandle original)
    {
        Span<byte> start = mine.AsSpan(0, source.PrefixBytes);
        if (!EndsAlike(source, original) || original.Read(start, 0) < start.Length)
            return false;
        return start.IsEmpty || (source.IsVerified ? Crc32C.Compute(start) == source.PrefixCrc : SourceDescriptor.HashPrefix(start) == source.PrefixHash);
    }

    /// <summary>Compares the first 4 KiB and the last.</summary>
    private bool HasBytesOf(IFileHandle original, RotatedFile file, IFileHandle handle)
    {
        int last = (int)Math.Min(file.Status.Size, other.Length);
        return IsAlike(original, handle, 0, headBytes) && IsAlike(original, handle, file.Status.Size - last, last);
    }

    private bool IsAlike(IFileHandle original, IFileHandle file, long offset, int bytes) =>
        file.Read(mine.AsSpan(0, bytes), offset) == bytes && original.Read(other.AsSpan(0, bytes), offset) == bytes
        && mine.AsSpan(0, bytes).SequenceEqual(other.AsSpan(0, bytes));

    private bool StartsAlike(int prefixBytes, ulong prefixHash) =>
        prefixBytes > 0 && headBytes >= prefixBytes && SourceDescriptor.HashPrefix(head.AsSpan(0, prefixBytes)) == prefixHash;

    private bool EndsAlike(FollowedSource source, IFileHandle file)
    {
        Span<byte> tail = mine.AsSpan(0, source.TailBytes);
        uint expected = source.IsVerified ? Crc32C.Compute(source.Tail) : source.TailCrc;
        return file.Read(tail, (long)source.Position - tail.Length) == tail.Length && (tail.IsEmpty || Crc32C.Compute(tail) == expected);
    }

    /// <summary>Bytes packed in an archive, modulo 2^32, where it says so: a whole gzip file at its end (RFC 1952; of its last member).</summary>
    private uint? LengthOf(RotatedFile file)
    {
        if (file.Packing != Packing.Gzip || file.IsBeingWritten || file.Status.Size < GzipBytesMin)
            return null;
        using IFileHandle archive = tree.Open(file.Place);
        Span<byte> bytes = stackalloc byte[4];
        return archive.Read(bytes, file.Status.Size - bytes.Length) == bytes.Length ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : null;
    }
}
