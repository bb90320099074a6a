using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Tailer.Disk;

namespace Tailer.Agent;

/// <summary>
/// Waits for changes in directories (inotify(7)), or for <see cref="Wake"/>, or for a time to pass. It is a wake-up only: what
/// it misses, polling finds. Names (created, renamed, deleted) and content are watched apart, so that a busy writer need not
/// wake anybody while nobody is in a hurry. All but <see cref="Wake"/> and <see cref="HasNames"/> is for one thread.
/// </summary>
internal sealed partial class ChangeWatch : IChangeNotices, IDisposable
{
    private const uint InModify = 0x2;
    private const uint InMovedFrom = 0x40;
    private const uint InMovedTo = 0x80;
    private const uint InCreate = 0x100;
    private const uint InDelete = 0x200;
    private const uint InQueueOverflow = 0x4000;
    private const uint InIgnored = 0x8000;
    private const uint InIsDirectory = 0x40000000;
    private const uint InOnlyDirectory = 0x1000000;
    private const uint InExcludeUnlinked = 0x4000000;
    private const int NonBlockingCloseOnExec = 0x800 | 0x80000;
    private const int EventHeaderBytes = 16;
    private const int BufferBytes = 16 * 1024;

    private readonly SafeFileHandle wake;
    private readonly SafeFileHandle? names;
    private readonly SafeFileHandle? content;
    private readonly Dictionary<string, (int Names, int Content)> watches = new(StringComparer.Ordinal);
    private readonly Dictionary<int, string> nameDirectories = [];
    private readonly Dictionary<int, string> contentDirectories = [];

    /// <summary>
    /// Without <paramref name="useInotify"/>, or where the kernel refuses it, only waiting works; without
    /// <paramref name="watchesContent"/> only names are told.
    /// </summary>
    public ChangeWatch(bool useInotify, bool watchesContent = true)
    {
        wake = Open(eventfd(0, NonBlockingCloseOnExec)) ?? throw new IOException($"eventfd: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        if (!useInotify)
            return;
        names = Open(inotify_init1(NonBlockingCloseOnExec));
        content = watchesContent ? Open(inotify_init1(NonBlockingCloseOnExec)) : null;
        IsOn = names is not null && (content is not null || !watchesContent);
    }

    public bool IsOn { get; }

    public bool WatchesAll { get; private set; }

    public bool Watch(IReadOnlySet<string> directories)
    {
        if (!IsOn)
            return false;
        foreach (string gone in watches.Keys.Where(d => !directories.Contains(d)).ToArray())
            Remove(gone);
        bool all = true;
        bool added = false;
        foreach (string directory in directories)
        {
            if (watches.ContainsKey(directory))
                continue;
            bool watched = TryAdd(directory);
            all &= watched;
            added |= watched;
        }
        WatchesAll = all;
        return added;
    }

    /// <summary>
    /// Returns when a name changed, <see cref="Wake"/> was called, the time passed, or, if asked for, content changed. False when
    /// the time passed.
    /// </summary>
    public bool Wait(TimeSpan timeout, bool forContent)
    {
        Span<PollDescriptor> polled = stackalloc PollDescriptor[3];
        int count = 0;
        polled[count++] = Polled(wake);
        if (names is not null)
            polled[count++] = Polled(names);
        if (content is not null && forContent)
            polled[count++] = Polled(content);
        int milliseconds = (int)Math.Clamp(Math.Ceiling(timeout.TotalMilliseconds), 0, int.MaxValue);
        // A signal may end the wait early; the caller looks again anyway.
        int ready = poll(ref MemoryMarshal.GetReference(polled), (nuint)count, milliseconds);
        Span<byte> counter = stackalloc byte[8];
        _ = read(wake, ref MemoryMarshal.GetReference(counter), (nuint)counter.Length);
        return ready != 0;
    }

    /// <summary>Names changed and were not taken yet. Any thread.</summary>
    public bool HasNames
    {
        get
        {
            if (names is null)
                return false;
            PollDescriptor polled = Polled(names);
            return poll(ref polled, 1, 0) > 0;
        }
    }

    /// <summary>Ends a wait, or the next one if there is none now. Any thread.</summary>
    public void Wake()
    {
        Span<byte> one = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(one, 1);
        _ = write(wake, ref MemoryMarshal.GetReference(one), (nuint)one.Length);
    }

    public bool TryTake(ISet<string> changedNames, ISet<string> changedContent, ICollection<string>? created = null) =>
        Take(names, nameDirectories, changedNames, created) & Take(content, contentDirectories, changedContent, null);

    public void Dispose()
    {
        names?.Dispose();
        content?.Dispose();
        wake.Dispose();
    }

    private bool TryAdd(string directory)
    {
        int name = inotify_add_watch(names!, directory, InCreate | InDelete | InMovedFrom | InMovedTo | InOnlyDirectory);
        int bytes = content is null ? 0 : inotify_add_watch(content, directory, InModify | InOnlyDirectory | InExcludeUnlinked);
        if (name >= 0)
            nameDirectories[name] = directory;
        if (bytes >= 0 && content is not null)
            contentDirectories[bytes] = directory;
        if (name < 0 || bytes < 0)
            return false;
        watches[directory] = (name, bytes);
        return true;
    }

    private void Remove(string directory)
    {
        (int name, int bytes) = watches[directory];
        watches.Remove(directory);
        nameDirectories.Remove(name);
        contentDirectories.Remove(bytes);
        // Fails when the directory is gone, and the watch with it.
        _ = inotify_rm_watch(names!, name);
        if (content is not null)
            _ = inotify_rm_watch(content, bytes);
    }

    private bool Take(SafeFileHandle? queue, Dictionary<int, string> directories, ISet<string> into, ICollection<string>? created)
    {
        if (queue is null)
            return true;
        bool whole = true;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (true)
            {
                nint bytes = read(queue, ref buffer[0], BufferBytes);
                if (bytes <= 0)
                    return whole;
                whole &= Parse(buffer.AsSpan(0, (int)bytes), directories, into, created);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Layout: struct inotify_event: watch i32, mask u32, cookie u32, name bytes u32, name.</summary>
    private bool Parse(ReadOnlySpan<byte> events, Dictionary<int, string> directories, ISet<string> into, ICollection<string>? created)
    {
        bool whole = true;
        while (events.Length >= EventHeaderBytes)
        {
            int watch = BinaryPrimitives.ReadInt32LittleEndian(events);
            uint mask = BinaryPrimitives.ReadUInt32LittleEndian(events[4..]);
            int nameBytes = BinaryPrimitives.ReadInt32LittleEndian(events[12..]);
            ReadOnlySpan<byte> name = events.Slice(EventHeaderBytes, nameBytes).TrimEnd((byte)0);
            events = events[(EventHeaderBytes + nameBytes)..];
            whole &= (mask & InQueueOverflow) == 0;
            if (!directories.TryGetValue(watch, out string? directory))
                continue;
            if ((mask & InIgnored) != 0)
            {
                Forget(directory);
                continue;
            }
            if (name.IsEmpty)
                continue;
            string place = Path.Join(directory, Encoding.UTF8.GetString(name));
            into.Add(place);
            if ((mask & (InCreate | InIsDirectory)) == InCreate)
                created?.Add(place);
        }
        return whole;
    }

    /// <summary>The kernel dropped a watch, because the directory is gone or unmounted: polling may find it again.</summary>
    private void Forget(string directory)
    {
        if (watches.ContainsKey(directory))
            Remove(directory);
        WatchesAll = false;
    }

    private static PollDescriptor Polled(SafeFileHandle handle)
    {
        const short readable = 1;
        return new PollDescriptor { Descriptor = (int)handle.DangerousGetHandle(), Events = readable };
    }

    private static SafeFileHandle? Open(int descriptor) => descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);

    /// <summary>struct pollfd.</summary>
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int inotify_init1(int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int inotify_add_watch(SafeFileHandle queue, string directory, uint mask);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int inotify_rm_watch(SafeFileHandle queue, int watch);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd(uint initial, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(ref PollDescriptor descriptors, nuint count, int timeoutMilliseconds);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(SafeFileHandle file, ref byte buffer, nuint bytes);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(SafeFileHandle file, ref byte buffer, nuint bytes);
}
