using System.Globalization;

namespace Tailer.EndToEnd.Tests;

/// <summary>A wall clock for one process that is ahead of the machine's, by libfaketime; time passes as ever.</summary>
internal sealed class WrongClock(string file)
{
    private static readonly string? Library = Directory.Exists("/usr/lib")
        ? Directory.EnumerateDirectories("/usr/lib").Select(folder => Path.Combine(folder, "faketime", "libfaketimeMT.so.1")).FirstOrDefault(File.Exists)
        : null;

    /// <summary>libfaketime is installed.</summary>
    public static bool IsPossible => Library is not null;

    /// <summary>What a process is started with that is to have this clock.</summary>
    public IReadOnlyDictionary<string, string?> Environment => new Dictionary<string, string?>
    {
        ["LD_PRELOAD"] = Library,
        ["FAKETIME_TIMESTAMP_FILE"] = file,
        ["FAKETIME_NO_CACHE"] = "1",
        // Only the wall clock is wrong: neither what waits nor what stamps files.
        ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        ["NO_FAKE_STAT"] = "1",
    };

    /// <summary>Sets it, also under a process that runs.</summary>
    public void Set(TimeSpan ahead)
    {
        File.WriteAllText(file + ".new", string.Create(CultureInfo.InvariantCulture, $"+{(long)ahead.TotalSeconds}\n"));
        File.Move(file + ".new", file, overwrite: true);
    }
}
