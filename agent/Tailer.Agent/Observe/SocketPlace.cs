using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Tailer.Agent;

/// <summary>
/// The address of a Unix socket in a directory whose path may be of any length: the kernel takes 107 bytes (unix(7)), so a longer
/// one is named by way of an open handle of the directory. The address holds as long as this is not disposed.
/// </summary>
internal sealed partial class SocketPlace(string directory) : IDisposable
{
    private const int AddressBytesMax = 107;
    private const int DirectoryCloseOnExec = 0x10000 | 0x80000;

    private SafeFileHandle? handle;

    public UnixDomainSocketEndPoint EndPoint(string name)
    {
        string path = Path.Combine(directory, name);
        if (System.Text.Encoding.UTF8.GetByteCount(path) <= AddressBytesMax)
            return new UnixDomainSocketEndPoint(path);
        handle ??= new SafeFileHandle(open(directory, DirectoryCloseOnExec), ownsHandle: true);
        if (handle.IsInvalid)
            throw new IOException($"{directory} cannot be opened: {System.Runtime.InteropServices.Marshal.GetLastPInvokeErrorMessage()}");
        return new UnixDomainSocketEndPoint($"/proc/self/fd/{handle.DangerousGetHandle()}/{name}");
    }

    public void Dispose() => handle?.Dispose();

    [System.Runtime.InteropServices.LibraryImport("libc", SetLastError = true, StringMarshalling = System.Runtime.InteropServices.StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);
}
