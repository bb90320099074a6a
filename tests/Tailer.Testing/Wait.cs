using System.Diagnostics;

namespace Tailer.Testing;

/// <summary>
/// The only place where tests wait in time: for a condition, with a reason and a limit. The limit is long, because it is met only
/// by a failing test, and machines that run tests are busy.
/// </summary>
public static class Wait
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(50);

    /// <summary>Returns when the condition holds; throws <see cref="TimeoutException"/> with <paramref name="because"/> when it does not in time.</summary>
    public static Task For(Func<bool> condition, string because, TimeSpan? timeout = null) =>
        For(() => Task.FromResult(condition()), because, timeout);

    /// <summary>As above, for a condition that has to be asked for.</summary>
    public static async Task For(Func<Task<bool>> condition, string because, TimeSpan? timeout = null)
    {
        long start = Stopwatch.GetTimestamp();
        TimeSpan limit = timeout ?? DefaultTimeout;
        TimeSpan pause = FirstPause;
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(start) > limit)
                throw new TimeoutException($"not within {limit.TotalSeconds:0.###} s: {because}");
            await Task.Delay(pause);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <summary>Returns the first value that is not null.</summary>
    public static async Task<T> ForValue<T>(Func<T?> value, string because, TimeSpan? timeout = null)
        where T : class
    {
        T? found = null;
        await For(() => (found = value()) is not null, because, timeout);
        return found!;
    }

    /// <summary>Returns when the task has ended, and throws what it throws; a limit for what might hang.</summary>
    public static async Task ForEnd(Task task, string because, TimeSpan? timeout = null)
    {
        TimeSpan limit = timeout ?? DefaultTimeout;
        try
        {
            await task.WaitAsync(limit);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw new TimeoutException($"not within {limit.TotalSeconds:0.###} s: {because}");
        }
    }

    /// <summary>Returns the task's result; a limit for what might hang.</summary>
    public static async Task<T> ForEnd<T>(Task<T> task, string because, TimeSpan? timeout = null)
    {
        await ForEnd((Task)task, because, timeout);
        return await task;
    }
}
