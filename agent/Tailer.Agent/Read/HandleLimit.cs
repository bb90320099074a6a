using System.Runtime.InteropServices;

namespace Tailer.Agent;

/// <summary>How many files the process may have open (RLIMIT_NOFILE), and how many of these may be followed ones.</summary>
internal static partial class HandleLimit
{
    /// <summary>Files of the spool, connections, notices, the runtime: about 30, and some more while connections come and go.</summary>
    private const int Reserve = 48;

    private const int OpenFiles = 7;

    /// <summary>The process' limit; the runtime has raised it as far as it may.</summary>
    public static long OfProcess() => getrlimit(OpenFiles, out Limit limit) == 0 ? (long)Math.Min(limit.Current, long.MaxValue) : long.MaxValue;

    /// <summary>
    /// Of the handles left, half may be held for long, the rest is for files that wait to be taken over and for those that are read in turn.
    /// </summary>
    public static int Fit(int wanted, long ofProcess) => (int)Math.Min(wanted, Math.Max(4, (ofProcess - Reserve) / 2));

    /// <summary>struct rlimit of 64-bit Linux.</summary>
    private struct Limit
    {
        public ulong Current;
        public ulong Maximum;
    }

    [LibraryImport("libc")]
    private static partial int getrlimit(int resource, out Limit limit);
}
