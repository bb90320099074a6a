using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Tailer.Disk;

namespace Tailer.Agent;

/// <summary>
/// Opens followed files the moment they appear, on a thread that does nothing else. The reading thread waits for its disk now and then (a
/// checkpoint is synced), and where few rotated files are kept a file can come, be renamed and be deleted meanwhile: held open it can
/// still be read. It saves what it can; whatever it misses the finder finds, if it is still there.
/// </summary>
internal sealed class FileCatch : IDisposable
{
    /// <summary>Files held for the reading thread to take; above it they are left for the finder. A stalled reader must not use up all handles.</summary>
    private const int CaughtMax = 256;

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly IFileTree tree;
    private readonly Func<string, bool> follows;
    private readonly int caughtMax;
    private readonly ChangeWatch watch = new(useInotify: true, watchesContent: false);
    private readonly ConcurrentQueue<(string Place, IFileHandle Handle)> caught = new();
    private readonly Thread thread;
    private volatile HashSet<string> directories = [];
    private volatile bool stopping;
    private volatile bool isWorking;

    /// <param name="tree">Where files are.</param>
    /// <param name="follows">Tells by its path whether a file is followed; called on the thread.</param>
    /// <param name="handlesMax">Files held open by all of the agent: of these a fourth at most wait here.</param>
    public FileCatch(IFileTree tree, Func<string, bool> follows, int handlesMax = 4 * CaughtMax)
    {
        this.tree = tree;
        this.follows = follows;
        caughtMax = Math.Min(CaughtMax, handlesMax / 4);
        thread = new Thread(Run) { IsBackground = true, Name = "catch" };
    }

    public void Start() => thread.Start();

    /// <summary>Watches these directories and no others, from soon on. For the reading thread.</summary>
    /// <param name="wanted">Their names.</param>
    /// <param name="isOther">Names may lead to other directories than before.</param>
    public void Watch(IReadOnlySet<string> wanted, bool isOther = false)
    {
        if (!isOther && directories.SetEquals(wanted))
            return;
        directories = [.. wanted];
        watch.Wake();
    }

    /// <summary>Takes the next file caught; whoever takes it closes it. For the reading thread.</summary>
    public bool TryTake([NotNullWhen(true)] out string? place, [NotNullWhen(true)] out IFileHandle? handle)
    {
        bool taken = caught.TryDequeue(out (string Place, IFileHandle Handle) next);
        (place, handle) = next;
        return taken;
    }

    /// <summary>
    /// All that appeared until now was opened or is gone, and can be taken. Any thread.
    /// </summary>
    public bool IsAtRest => !watch.HasNames && !isWorking;

    public void Dispose()
    {
        stopping = true;
        watch.Wake();
        if (!thread.ThreadState.HasFlag(ThreadState.Unstarted))
            thread.Join();
        watch.Dispose();
        while (caught.TryDequeue(out (string, IFileHandle Handle) left))
            left.Handle.Dispose();
    }

    private void Run()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var content = new HashSet<string>();
        HashSet<string> watched = [];
        while (!stopping)
        {
            if (!ReferenceEquals(watched, directories))
                watch.Watch(watched = directories);
            watch.Wait(Longest, forContent: false);
            names.Clear();
            isWorking = true;
            watch.TryTake(names, content);
            foreach (string name in names)
            {
                if (caught.Count < caughtMax && follows(name))
                    Catch(name);
            }
            isWorking = false;
        }
    }

    private void Catch(string place)
    {
        try
        {
            caught.Enqueue((place, tree.Open(place)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Renamed or deleted again, or not readable: the finder will see, and say so.
            return;
        }
    }
}
