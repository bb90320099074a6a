using System.Diagnostics;
using System.Globalization;
using Tailer.Testing;

namespace Tailer.Reliability;

/// <summary>A file system of a few megabytes in memory (tmpfs), which can be filled and freed. Mounting needs root.</summary>
internal sealed class SmallDisk : IDisposable
{
    private const string Filler = "filler";

    private readonly TempDirectory place = new();

    private SmallDisk()
    {
    }

    /// <summary>Where it is mounted.</summary>
    public string Path => place.Path;

    public long FreeBytes => new DriveInfo(Path).AvailableFreeSpace;

    /// <summary>True when this process may mount one.</summary>
    public static bool IsPossible()
    {
        try
        {
            using SmallDisk tried = Mount(1);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Throws <see cref="IOException"/> when it may not be mounted.</summary>
    public static SmallDisk Mount(int megabytes)
    {
        var disk = new SmallDisk();
        if (Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m,mode=0700"), "tailer-test", disk.Path) is not { } refused)
            return disk;
        disk.place.Dispose();
        throw new IOException($"a tmpfs could not be mounted ({refused.Trim()}); run as root");
    }

    /// <summary>Takes all space that is left.</summary>
    public void Fill()
    {
        using FileStream file = new(System.IO.Path.Combine(Path, Filler), FileMode.Append);
        byte[] zeros = new byte[4096];
        try
        {
            while (true)
            {
                file.Write(zeros);
                file.Flush();
            }
        }
        catch (IOException)
        {
            // That is what full means.
            return;
        }
    }

    /// <summary>Gives it back.</summary>
    public void Free() => File.Delete(System.IO.Path.Combine(Path, Filler));

    /// <summary>As a system does with a disk that fails; only while nobody has a file open for writing.</summary>
    public void MakeReadOnly()
    {
        if (Run("mount", "-o", "remount,ro", Path) is { } refused)
            throw new IOException($"{Path} could not be made read-only: {refused.Trim()}");
    }

    public void Dispose()
    {
        if (Run("umount", "-l", Path) is { } problem)
            Console.Error.WriteLine(problem);
        place.Dispose();
    }

    /// <summary>Null when it worked, else what it said.</summary>
    private static string? Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : $"{program}: {errors}";
    }
}
