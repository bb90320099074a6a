namespace Tailer.Buck.Tests;

/// <summary>Waits for conditions that other threads bring about.</summary>
internal static class Wait
{
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(10);

    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        using var timeout = new CancellationTokenSource(Limit);
        while (!condition())
        {
            if (timeout.IsCancellationRequested)
                throw new TimeoutException($"waited {Limit.TotalSeconds} s in vain until {what}");
            await Task.Delay(2, CancellationToken.None);
        }
    }
}
