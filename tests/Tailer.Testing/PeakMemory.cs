using System.Globalization;

namespace Tailer.Testing;

/// <summary>The most memory that a process ever had resident, as the kernel tells it (VmHWM in /proc, proc(5)).</summary>
public static class PeakMemory
{
    private const string Field = "VmHWM:";

    /// <summary>Zero when the process is gone.</summary>
    public static long BytesOf(int pid)
    {
        try
        {
            string? line = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/status")).FirstOrDefault(l => l.StartsWith(Field, StringComparison.Ordinal));
            return line is null ? 0 : 1024 * long.Parse(line[Field.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
