using System.Globalization;

namespace Tailer.Hosting;

/// <summary>Stops a process whose parent is gone, so that a launcher killed with -9 leaves nothing behind. Only where the
/// parent asked for it: by the environment variable <c>TAILER_STOP_WITH_PARENT=1</c>.</summary>
internal sealed class ParentWatch : IDisposable
{
    public const string Variable = "TAILER_STOP_WITH_PARENT";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly ITimer timer;
    private readonly int parentAtStart;
    private readonly Action whenGone;
    private int told;

    private ParentWatch(int parent, Action onGone, TimeProvider time)
    {
        parentAtStart = parent;
        whenGone = onGone;
        timer = time.CreateTimer(_ => Look(), null, Interval, Interval);
    }

    public static ParentWatch? Start(Action onGone) =>
        Environment.GetEnvironmentVariable(Variable) == "1" && Parent() is { } parent ? new ParentWatch(parent, onGone, TimeProvider.System) : null;

    public void Dispose() => timer.Dispose();

    /// <summary>The parent's process id: proc(5), /proc/PID/stat, the fourth field. The second, the name, may hold anything, but ends with the last ')'.</summary>
    internal static int? ParseParent(string stat)
    {
        string[] fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 1 && int.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out int parent) ? parent : null;
    }

    private static int? Parent()
    {
        try
        {
            return ParseParent(File.ReadAllText("/proc/self/stat"));
        }
        catch (IOException)
        {
            return null; // No /proc: nothing to watch.
        }
    }

    private void Look()
    {
        if (Parent() is { } parent && parent != parentAtStart && Interlocked.Exchange(ref told, 1) == 0)
            whenGone();
    }
}
