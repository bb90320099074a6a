using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tailer.Disk;

namespace Tailer.Agent;

/// <summary>
/// A queue of the kernel's notices (inotify(7)) of one kind, with the directories it tells of. The kernel watches directories, not names of such: a
/// directory with two names has one watch, and a name that leads elsewhere needs another. For one thread, but for <see cref="Queue"/>.
/// </summary>
internal sealed partial class DirectoryNotices : IDisposable
{
    private const uint InModify = 0x2;
    private const uint InAttributes = 0x4;
    private const uint InMovedFrom = 0x40;
    private const uint InMovedTo = 0x80;
    private const uint InCreate = 0x100;
    private const uint InDelete = 0x200;
    private const uint InMoveSelf = 0x800;
    private const uint InQueueOverflow = 0x4000;
    private const uint InIgnored = 0x8000;
    private const uint InOnlyDirectory = 0x1000000;
    private const uint InExcludeUnlinked = 0x4000000;
    private const uint InIsDirectory = 0x40000000;
    private const int NonBlockingCloseOnExec = 0x800 | 0x80000;
    private const int EventHeaderBytes = 16;
    private const int BufferBytes = 16 * 1024;

    private readonly uint mask;
    private readonly Dictionary<string, int> watches = new(StringComparer.Ordinal);
    private readonly Dictionary<int, List<string>> names = [];

    private DirectoryNotices(SafeFileHandle queue, uint mask)
    {
        Queue = queue;
        this.mask = mask;
    }

    /// <summary>To be polled.</summary>
    public SafeFileHandle Queue { get; }

    /// <summary>The directories watched, by the names they were asked for.</summary>
    public IReadOnlyCollection<string> Directories => watches.Keys;

    /// <summary>
    /// Of names that are created, renamed, deleted or have other permissions, the directory's own too. Null where the kernel refuses it, with its error number.
    /// </summary>
    public static DirectoryNotices? TryOpenForNames(out int error) =>
        TryOpen(InCreate | InDelete | InMovedFrom | InMovedTo | InAttributes | InMoveSelf | InOnlyDirectory, out error);

    /// <summary>The same of files that are written to.</summary>
    public static DirectoryNotices? TryOpenForContent(out int error) => TryOpen(InModify | InOnlyDirectory | InExcludeUnlinked, out error);

    private static DirectoryNotices? TryOpen(uint mask, out int error)
    {
        int descriptor = inotify_init1(NonBlockingCloseOnExec);
        error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
        return descriptor < 0 ? null : new DirectoryNotices(new SafeFileHandle(descriptor, ownsHandle: true), mask);
    }

    /// <summary>Watches what has this name now, if it is not watched already. Returns 0, or the kernel's error number when nothing is.</summary>
    /// <param name="directory">Its name.</param>
    /// <param name="isNew">It is watched only from now on.</param>
    public int Watch(string directory, out bool isNew)
    {
        isNew = false;
        Span<byte> path = stackalloc byte[PathText.PathBytesMax];
        int watch = PathText.TryToBytes(directory, path) ? inotify_add_watch(Queue, in path[0], mask) : -1;
        int error = watch < 0 ? Marshal.GetLastPInvokeError() : 0;
        if (watches.TryGetValue(directory, out int known))
        {
            if (known == watch)
                return 0;
            Remove(directory);
        }
        if (watch < 0)
            return error;
        isNew = true;
        watches.Add(directory, watch);
        if (!names.TryGetValue(watch, out List<string>? same))
            names.Add(watch, same = []);
        same.Add(directory);
        return 0;
    }

    public void Remove(string directory)
    {
        if (!watches.Remove(directory, out int watch))
            return;
        names[watch].Remove(directory);
        if (names[watch].Count > 0)
            return;
        names.Remove(watch);
        // Fails when the directory is gone, and the watch with it.
        _ = inotify_rm_watch(Queue, watch);
    }

    /// <summary>As <see cref="IChangeNotices.TryTake"/>.</summary>
    public bool TryTake(ISet<string> into, ICollection<string>? created)
    {
        bool whole = true;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (true)
            {
                nint bytes = read(Queue, ref buffer[0], BufferBytes);
                if (bytes <= 0)
                    return whole;
                whole &= Parse(buffer.AsSpan(0, (int)bytes), into, created);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public void Dispose() => Queue.Dispose();

    /// <summary>Layout: struct inotify_event: watch i32, mask u32, cookie u32, name bytes u32, name.</summary>
    private bool Parse(ReadOnlySpan<byte> events, ISet<string> into, ICollection<string>? created)
    {
        bool whole = true;
        while (events.Length >= EventHeaderBytes)
        {
            int watch = BinaryPrimitives.ReadInt32LittleEndian(events);
            uint kind = BinaryPrimitives.ReadUInt32LittleEndian(events[4..]);
            int nameBytes = BinaryPrimitives.ReadInt32LittleEndian(events[12..]);
            ReadOnlySpan<byte> name = events.Slice(EventHeaderBytes, nameBytes).TrimEnd((byte)0);
            events = events[(EventHeaderBytes + nameBytes)..];
            // A directory that was moved is told of under a name that it has no more.
            whole &= (kind & (InQueueOverflow | InMoveSelf)) == 0;
            if (!names.TryGetValue(watch, out List<string>? directories))
                continue;
            if ((kind & InIgnored) != 0)
            {
                // The directory is gone or unmounted: the next look at all files may find it again.
                names.Remove(watch);
                foreach (string directory in directories)
                    watches.Remove(directory);
                continue;
            }
            // Without a name it is the directory itself.
            if (name.IsEmpty && (kind & InAttributes) == 0)
                continue;
            foreach (string directory in directories)
            {
                string place = name.IsEmpty ? directory : Path.Join(directory, PathText.FromBytes(name));
                into.Add(place);
                if ((kind & (InCreate | InIsDirectory)) == InCreate)
                    created?.Add(place);
            }
        }
        return whole;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int inotify_init1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int inotify_add_watch(SafeFileHandle queue, ref readonly byte directory, uint mask);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int inotify_rm_watch(SafeFileHandle queue, int watch);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(SafeFileHandle file, ref byte buffer, nuint bytes);
}
