using System.Diagnostics;

namespace Tailer.Buck;

/// <summary>
/// Places on the way of a packet at which a test lets this process end as by kill -9, or its thread hang for ever as on a disk that does not answer. Armed by two variables of the environment, of which
/// one must say in words what it does, so that nothing else can; not armed, a hit is a comparison with a constant.
/// </summary>
internal static class Failpoint
{
    /// <summary><c>name</c> or <c>name:n</c>: the process ends at the n-th hit; <c>name:n:hang</c>: the thread hangs.</summary>
    public const string Variable = "TAILER_TEST_DIE_AT";

    public const string ConsentVariable = "TAILER_TEST_CONSENT";

    public const string Consent = "this process shall be killed";

    /// <summary>All names, in the order in which a packet that asks for a sync comes by.</summary>
    public static readonly string[] Names = ["received", "verified", "writing", "written", "syncing", "synced", "acknowledging", "acknowledged"];

    private static readonly string? Armed = Read(out left, out hangs);
    private static readonly bool hangs;
    private static int left;

    public static void Hit(string name)
    {
        if (Armed is null || name != Armed || Interlocked.Decrement(ref left) != 0)
            return;
        if (hangs)
            Thread.Sleep(Timeout.Infinite);
        Process.GetCurrentProcess().Kill();
    }

    private static string? Read(out int hits, out bool hang)
    {
        hits = 1;
        hang = false;
        if (Environment.GetEnvironmentVariable(ConsentVariable) != Consent || Environment.GetEnvironmentVariable(Variable) is not { } value)
            return null;
        string[] parts = value.Split(':');
        if (parts.Length > 1)
            hits = int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture);
        hang = parts.Length > 2 && parts[2] == "hang";
        return parts[0];
    }
}
