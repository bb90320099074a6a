using System.Buffers.Binary;
using System.Runtime.InteropServices;
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
    private const int NonBlockingCloseOnExec = 0x800 | 0x80000;
    private const int NoEntry = 2;
    private const int AccessDenied = 13;
    private const int NotDirectory = 20;
    private const int TooManyFiles = 24;
    private const int NoSpace = 28;

    private readonly SafeFileHandle wake;
    private readonly DirectoryNotices? names;
    private readonly DirectoryNotices? content;
    private readonly HashSet<string> wanted = new(StringComparer.Ordinal);

    /// <summary>
    /// Without <paramref name="useInotify"/>, or where the kernel refuses it, only waiting works; without
    /// <paramref name="watchesContent"/> only names are told.
    /// </summary>
    public ChangeWatch(bool useInotify, bool watchesContent = true)
    {
        wake = Open(eventfd(0, NonBlockingCloseOnExec)) ?? throw new IOException($"eventfd: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        if (!useInotify)
            return;
        names = DirectoryNotices.TryOpenForNames(out int error);
        if (names is not null && watchesContent)
            content = DirectoryNotices.TryOpenForContent(out error);
        IsOn = error == 0;
        if (!IsOn)
            Trouble = error == TooManyFiles ? "the kernel gives its user no further inotify instance (fs.inotify.max_user_instances, or open files)" : $"inotify: {Marshal.GetPInvokeErrorMessage(error)}";
    }

    public bool IsOn { get; }

    public bool WatchesAll { get; private set; }

    public string? Trouble { get; private set; }

    /// <summary>
    /// A name that leads to another directory than before (replaced, mounted over, a link that was changed) is watched there. Where a directory is missing, or
    /// must not be listed, the one above is watched, in which it will appear or may be permitted; of one that must not be searched either nothing would be found.
    /// </summary>
    public bool Watch(IReadOnlySet<string> directories)
    {
        if (!IsOn)
            return false;
        wanted.Clear();
        Trouble = null;
        bool added = false;
        foreach (string directory in directories)
            added |= Watch(directory);
        WatchesAll = Trouble is null;
        foreach (string gone in names!.Directories.Where(d => !wanted.Contains(d)).ToArray())
            names.Remove(gone);
        foreach (string gone in content?.Directories.Where(d => !directories.Contains(d)).ToArray() ?? [])
            content!.Remove(gone);
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
            polled[count++] = Polled(names.Queue);
        if (content is not null && forContent)
            polled[count++] = Polled(content.Queue);
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
            PollDescriptor polled = Polled(names.Queue);
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
        (names?.TryTake(changedNames, created) ?? true) & (content?.TryTake(changedContent, null) ?? true);

    public void Dispose()
    {
        names?.Dispose();
        content?.Dispose();
        wake.Dispose();
    }

    /// <summary>True when something is watched only from now on.</summary>
    private bool Watch(string directory)
    {
        int error = names!.Watch(directory, out bool isNew);
        bool isNewContent = false;
        if (error == 0 && content is not null)
            error = content.Watch(directory, out isNewContent);
        bool added = isNew | isNewContent;
        wanted.Add(directory);
        // Where names may be followed that are not listed, nothing tells of what is written to them.
        bool isUntold = error == AccessDenied && SystemFileTree.Instance.Look(Path.Join(directory, "."), out _) != FilePresence.Hidden;
        for (string? above = Path.GetDirectoryName(directory); error is NoEntry or NotDirectory or AccessDenied && above is not null; above = Path.GetDirectoryName(above))
        {
            error = names.Watch(above, out isNew);
            added |= isNew;
            wanted.Add(above);
        }
        int trouble = isUntold ? AccessDenied : error == AccessDenied ? 0 : error;
        if (trouble != 0)
            Trouble ??= $"{directory}: {(trouble == NoSpace ? "the kernel watches no more directories for its user (fs.inotify.max_user_watches)" : Marshal.GetPInvokeErrorMessage(trouble))}";
        return added;
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
    private static partial int eventfd(uint initial, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(ref PollDescriptor descriptors, nuint count, int timeoutMilliseconds);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(SafeFileHandle file, ref byte buffer, nuint bytes);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(SafeFileHandle file, ref byte buffer, nuint bytes);
}
