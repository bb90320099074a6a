using System.Globalization;

namespace Tailer.Testing;

/// <summary>Resident memory of a process, as the kernel tells it in /proc (proc(5)); null when the process is gone.</summary>
public static class ProcessMemory
{
    public static long? ResidentBytes(int pid) => Read(pid, "VmRSS:");

    /// <summary>The most it ever had.</summary>
    public static long? PeakBytes(int pid) => Read(pid, "VmHWM:");

    private static long? Read(int pid, string field)
    {
        try
        {
            string? line = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/status")).FirstOrDefault(l => l.StartsWith(field, StringComparison.Ordinal));
            return line is null ? null : 1024 * long.Parse(line[field.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
