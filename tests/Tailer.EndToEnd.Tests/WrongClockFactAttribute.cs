namespace Tailer.EndToEnd.Tests;

/// <summary>A test that needs a process with a clock of its own; skipped where libfaketime is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class WrongClockFactAttribute : FactAttribute
{
    public WrongClockFactAttribute()
    {
        if (!WrongClock.IsPossible)
            Skip = "libfaketime is not installed";
    }
}
